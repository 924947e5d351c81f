"""Write recorded.json anew.  Needs torch 2.13 and torchvision 0.29 on a CPU:

python -m tests.vision.models.make
"""

import hashlib
import json
from pathlib import Path

PATH = Path(__file__).with_name("recorded.json")
#: Models of which everything is compared; of the others the names and sizes.
WHOLE = (
    "resnet18 resnet50 vgg11_bn mobilenet_v2 mobilenet_v3_small squeezenet1_1 "
    "efficientnet_b0 efficientnet_v2_s densenet121 convnext_tiny vit_b_32"
).split()


def digest(text):
    """A few hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def layout(model):
    """Names and shapes of the state_dict, and the printed model."""
    state = model.state_dict()
    shapes = "\n".join(f"{name} {tuple(v.shape)}" for name, v in state.items())
    return {"state": digest(shapes), "repr": digest(repr(model))}


def numbers(torch, models, name):
    """Initial values and outputs, in a few figures, for a seed."""
    torch.manual_seed(3)
    model = getattr(models, name)(num_classes=5)
    values = [v.double() for v in model.state_dict().values()]
    side = 224 if name.startswith("vit") else 64
    picture = torch.arange(3.0 * side * side).reshape(1, 3, side, side) % 17 / 17
    model.eval()
    with torch.no_grad():
        scores = model(picture)
    return {
        "sum": sum(v.sum().item() for v in values),
        "size": sum(v.abs().sum().item() for v in values),
        "scores": scores[0].tolist(),
    }


def main():
    import torch
    from torchvision import models

    from rushlight.vision.models import list_models

    found = {}
    for name in list_models():
        with torch.device("meta"):
            found[name] = layout(getattr(models, name)())
        if name in WHOLE:
            found[name].update(numbers(torch, models, name))
    PATH.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
