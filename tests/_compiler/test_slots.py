"""The compiler's slots: the routine of an op gives what its eager rule gives."""

import subprocess
import sys

import numpy as np
import pytest

import rushlight
from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._compiler.runtime import routine
from rushlight._compiler.runtime.routine import AdaptiveRoutine
from rushlight._compiler.slots import REQUESTS
from rushlight._core.table import TABLE

F = rushlight.nn.functional


@pytest.fixture
def eager(monkeypatch):
    """Slots that compile at once; gives how many routines were compiled."""
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(routine, "FEWEST", 1)
    monkeypatch.setattr(routine, "MOST", 1)
    made = []
    native = routine.NativeRoutine

    def counted(*args):
        made.append(args)
        return native(*args)

    monkeypatch.setattr(routine, "NativeRoutine", counted)
    for name in REQUESTS:
        kernels = TABLE[name].kernels
        monkeypatch.setitem(kernels, np.ndarray, NUMPY_BACKEND.kernel(TABLE[name]))
    return made


def gradients(function, *tensors):
    """The result of a function and the gradients of its arguments."""
    for tensor in tensors:
        tensor.grad = None
    y = function(*tensors)
    weights = rushlight.linspace(-1, 1, y.numel(), dtype=y.dtype).view(y.shape)
    (y * weights).sum().backward()
    return [y.detach().numpy(), *[t.grad.numpy() for t in tensors]]


def tensors(*shapes, dtype):
    rushlight.manual_seed(0)
    return [rushlight.randn(s, dtype=dtype, requires_grad=True) for s in shapes]


CASES = {
    "conv1d": (lambda x, w: F.conv1d(x, w, padding="same"), (2, 3, 9), (4, 3, 3)),
    "conv2d": (
        lambda x, w, b: F.conv2d(x, w, b, 2, 1),
        (2, 3, 9, 8),
        (4, 3, 3, 3),
        (4,),
    ),
    "conv2d, groups": (
        lambda x, w: F.conv2d(x, w, dilation=2, groups=2),
        (2, 4, 9, 8),
        (6, 2, 3, 2),
    ),
    "conv2d, windows over whole rows": (
        lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 0), groups=2),
        (2, 4, 9, 18),
        (6, 2, 3, 18),
        (6,),
    ),
    "conv3d, windows over whole columns": (
        lambda x, w: F.conv3d(x, w, stride=(1, 3, 2)),
        (2, 3, 4, 16, 7),
        (4, 3, 2, 16, 2),
    ),
    "conv3d": (lambda x, w: F.conv3d(x, w), (1, 2, 4, 5, 6), (3, 2, 2, 2, 2)),
    "conv_transpose2d": (
        lambda x, w: F.conv_transpose2d(x, w, stride=2, output_padding=1),
        (2, 3, 4, 5),
        (3, 4, 3, 3),
    ),
    "conv_transpose2d, bias": (
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=3, groups=2),
        (2, 4, 4, 5),
        (4, 3, 2, 2),
        (6,),
    ),
    "conv_transpose2d, small": (
        lambda x, w, b: F.conv_transpose2d(x, w, b, padding=1),
        (2, 8, 8, 8),
        (8, 8, 3, 3),
        (8,),
    ),
    "max_pool1d": (lambda x: F.max_pool1d(x, 3, 2, 1), (2, 3, 9)),
    "max_pool2d": (lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), (2, 3, 8, 9)),
    "max_pool3d": (lambda x: F.max_pool3d(x, 2), (3, 4, 5, 6)),
    "avg_pool2d": (
        lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
        (2, 3, 8, 9),
    ),
    "adaptive_avg_pool2d": (lambda x: F.adaptive_avg_pool2d(x, (3, 2)), (2, 3, 8, 9)),
}


@pytest.mark.parametrize("dtype", [rushlight.float32, rushlight.float64])
@pytest.mark.parametrize("name", CASES)
def test_compiled_as_before(name, dtype, eager):
    function, *shapes = CASES[name]
    given = tensors(*shapes, dtype=dtype)
    first = gradients(function, *given)  # by NumPy
    gradients(function, *given)
    assert eager
    found = gradients(function, *given)
    room = 2e-6 if dtype == rushlight.float32 else 1e-14
    for one, other in zip(first, found):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        np.testing.assert_allclose(other, one, rtol=room, atol=10 * room)


def test_without_winners(eager):
    x = rushlight.randn(2, 3, 8, 8)
    with rushlight.no_grad():
        found = [F.max_pool2d(x, 2).numpy() for _ in range(4)]
    assert eager
    assert all(np.array_equal(found[0], other) for other in found)


def test_what_is_not_contiguous(eager):
    x, w = tensors((2, 3, 8, 9), (4, 3, 3, 3), dtype=rushlight.float32)
    y = x.detach().transpose(2, 3)
    found = [F.conv2d(y, w).detach().numpy() for _ in range(4)]
    assert eager
    np.testing.assert_allclose(found[-1], found[0], rtol=1e-5, atol=1e-5)


def test_half_precision_is_left_alone(eager):
    x, w = rushlight.randn(1, 2, 5, 5).half(), rushlight.randn(2, 2, 3, 3).half()
    for _ in range(3):
        assert F.conv2d(x, w).dtype == rushlight.float16
    assert not eager


def test_large_strides_make_no_machine_code(eager):
    x, w = rushlight.randn(1, 3, 32, 32), rushlight.randn(4, 3, 16, 16)
    for _ in range(3):
        assert F.conv2d(x, w, stride=16).shape == (1, 4, 2, 2)
    assert not eager


def test_errors_stay(eager):
    x, w = rushlight.randn(1, 2, 5, 5), rushlight.randn(2, 2, 3, 3)
    for _ in range(3):
        F.conv2d(x, w)
        with pytest.raises(RuntimeError, match="channels"):
            F.conv2d(rushlight.randn(1, 3, 5, 5), w)


def test_every_slot_is_filled():
    for name in REQUESTS:
        assert isinstance(NUMPY_BACKEND.kernel(TABLE[name]), AdaptiveRoutine)


def test_import_brings_no_compiler():
    code = (
        "import sys, rushlight; "
        "print([m for m in sys.modules if m.startswith(('llvmlite',"
        " 'rushlight._compiler.routines', 'rushlight._compiler.codegen'))])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
