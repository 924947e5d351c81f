"""Write the recorded files; needs torch: python tests/serialization/recorded/make.py"""

import os
import pickle
from pathlib import Path

import torch

HERE = Path(__file__).parent


class Evil:
    """Pickles as a call of os.system."""

    def __reduce__(self):
        return os.system, ("echo executed > executed.txt",)


def main():
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    a = torch.arange(6.0).view(2, 3)
    content = {
        "a": a,
        "row": a[1],
        "p": torch.nn.Parameter(torch.ones(2)),
        "half": torch.ones(3, dtype=torch.bfloat16),
        "size": a.shape,
        "dtype": torch.float16,
        "state": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": 3,
    }
    torch.save(content, HERE / "zip.pt")
    torch.save(content, HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(model, HERE / "module.pt")
    torch.save({"w": a, "evil": Evil()}, HERE / "evil.pt")
    (HERE / "evil.pkl").write_bytes(pickle.dumps(Evil()))
    _as_cuda()


def _as_cuda():
    """A file whose storage says that it was on a GPU."""
    place = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: "cuda:0"
    try:
        torch.save(torch.tensor([1.0, 2.0]), HERE / "cuda.pt")
    finally:
        torch.serialization.location_tag = place


if __name__ == "__main__":
    main()
