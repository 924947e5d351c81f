"""Saved-tensor hooks, multi-gradient hooks, anomaly mode, grad modes, checkpoint."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.autograd import graph
from rushlight.utils.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_sequential,
)


def leaf(value):
    return torch.tensor(value, requires_grad=True)


def test_saved_tensors_hooks_see_inputs_and_outputs():
    packed = []

    def pack(tensor):
        packed.append(tensor.tolist())
        return tensor.tolist()

    x = leaf([1.0, 2.0])
    with graph.saved_tensors_hooks(pack, torch.tensor):
        y = x * x
    y.sum().backward()
    assert packed == [[1.0, 2.0], [1.0, 2.0]]
    assert x.grad.tolist() == [2.0, 4.0]


def test_disabled_saved_tensors_hooks():
    x = leaf(2.0)
    with graph.saved_tensors_hooks(lambda t: 1 / 0, None):
        with graph.disable_saved_tensors_hooks("no"):
            y = x * x
    y.backward()
    assert x.grad.item() == 4.0


def test_multi_grad_hook():
    a, b, seen = leaf(2.0), leaf(3.0), []
    handle = graph.register_multi_grad_hook(
        (a, b), lambda gs: seen.append([g.item() for g in gs])
    )
    (a * b).backward()
    (a * b).backward()
    assert seen == [[3.0, 2.0], [3.0, 2.0]]
    handle.remove()
    (a * b).backward()
    assert len(seen) == 2


def test_gradient_edge():
    x = leaf(2.0)
    y = x * 2
    assert graph.get_gradient_edge(y).node is y.grad_fn
    assert graph.get_gradient_edge(x).node.variable is x


class Nan(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return g * float("nan")


def test_anomaly_mode_names_the_operation_and_its_line():
    x = leaf(1.0)
    Nan.apply(x).backward()
    with torch.autograd.detect_anomaly():
        y = Nan.apply(x)
        with pytest.raises(RuntimeError) as caught:
            y.backward()
    assert "NanBackward" in str(caught.value)
    assert "y = Nan.apply(x)" in str(caught.value)
    assert not torch.is_anomaly_enabled()


def test_grad_modes_as_decorators_and_around_generators():
    x = leaf(1.0)

    @torch.no_grad()
    def off():
        return x * 2

    @torch.no_grad
    def off_too():
        return x * 2

    @torch.no_grad()
    def generate():
        yield (x * 2).requires_grad
        yield torch.is_grad_enabled()

    assert not off().requires_grad
    assert not off_too().requires_grad
    steps = generate()
    assert next(steps) is False
    assert torch.is_grad_enabled()
    assert next(steps) is False
    torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()
        assert not (x * 2).requires_grad


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoint_equals_the_plain_run(reentrant):
    calls = []

    def part(a, b):
        calls.append(1)
        c = a * b
        return c * c + a

    results = []
    for run in (part, lambda *args: checkpoint(part, *args, use_reentrant=reentrant)):
        a, b = leaf(np.float64([1.0, 2.0])), leaf(np.float64([3.0, 4.0]))
        run(a, b).sum().backward()
        results.append((a.grad.tolist(), b.grad.tolist()))
    assert results[0] == results[1]
    assert len(calls) == 3


def test_checkpoint_refuses_another_second_run():
    runs = []

    def part(x):
        runs.append(1)
        return x * x if len(runs) == 1 else (x * x) * x

    x = leaf(2.0)
    y = checkpoint(part, x, use_reentrant=False)
    with pytest.raises(CheckpointError, match="save the same 2 values"):
        y.backward()


def test_checkpoint_sequential():
    functions = [lambda x: x * 2, lambda x: x * x, lambda x: x + 1]
    x = leaf(3.0)
    checkpoint_sequential(functions, 2, x, use_reentrant=False).backward()
    assert x.grad.item() == 24.0


def test_checkpoint_arguments():
    with pytest.raises(ValueError, match="determinism_check"):
        checkpoint(lambda x: x, leaf(1.0), determinism_check="maybe")
    with pytest.raises(ValueError, match="no keyword arguments"):
        checkpoint(lambda x, y: x, leaf(1.0), y=2, use_reentrant=True)
