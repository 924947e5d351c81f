"""SummaryWriter: tensors reach tensorboardX as arrays; without it, a clear error."""

import sys
from types import ModuleType

import numpy as np
import pytest

import rushlight


class _Recorded:
    def __init__(self, **options):
        self.logdir, self.calls = options["logdir"] or "runs/now", []

    def add_scalar(self, *args, **kwargs):
        self.calls.append((args, kwargs))

    add_hparams = add_scalar

    def flush(self):
        self.calls.append("flush")

    def close(self):
        self.calls.append("close")


@pytest.fixture
def writer(monkeypatch):
    module = ModuleType("tensorboardX")
    module.SummaryWriter = _Recorded
    monkeypatch.setitem(sys.modules, "tensorboardX", module)
    return rushlight.utils.tensorboard.SummaryWriter("logs")


def test_tensors_become_arrays(writer):
    loss = rushlight.tensor(1.5, requires_grad=True)
    writer.add_scalar("loss", loss, global_step=3)
    writer.add_hparams({"lr": 0.1}, {"acc": rushlight.ones(1).bfloat16()})
    (first, options), (second, _) = writer._writer.calls
    assert first[0] == "loss"
    assert isinstance(first[1], np.ndarray)
    assert first[1] == 1.5
    assert options == {"global_step": 3}
    assert second[1]["acc"].dtype == np.float32
    assert writer.get_logdir() == "logs"


def test_context_closes(writer):
    with writer:
        writer.flush()
    assert writer._writer.calls == ["flush", "close"]


def test_refusals(writer):
    with pytest.raises(AttributeError, match="add_scalar"):
        writer.add_scalr("a", 1)
    with pytest.raises(NotImplementedError, match="TorchScript"):
        writer.add_graph(None)


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ModuleNotFoundError, match="pip install tensorboardX"):
        rushlight.utils.tensorboard.SummaryWriter()
