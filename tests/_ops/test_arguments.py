"""NumPy's argument names, refusals of dtypes, out=."""

import numpy as np
import pytest

import rushlight
from rushlight._base.spec import Spec
from rushlight._ops import _arguments


def _function(input, dim=None, keepdim=False):
    return input, dim, keepdim


def test_numpy_names_become_torchs():
    found = _arguments.renamed(
        _function, {"axis": 2, "keepdims": True}, 1, dim=None, keepdim=False
    )
    assert found == (1, 2, True)


@pytest.mark.parametrize(
    "names, given, text",
    [
        (
            {"by": 1},
            {"dim": None},
            r"_function\(\): .* unexpected keyword argument 'by'",
        ),
        ({"keepdims": 1}, {"dim": None}, "unexpected keyword argument 'keepdims'"),
        ({"axis": 1}, {"dim": 0}, "expected 'dim' once, got 'axis' as well"),
    ],
)
def test_other_names_are_refused(names, given, text):
    with pytest.raises(TypeError, match=text):
        _arguments.renamed(_function, names, 1, **given)


@pytest.mark.parametrize(
    "dtype, kinds, refused",
    [
        ("bool", "b", True),
        ("bool", "iuc", False),
        ("uint8", "u", True),
        ("uint8", "U", False),
        ("uint16", "U", True),
        ("int64", "i", True),
        ("float16", "f", True),
        ("bfloat16", "f", True),
        ("complex64", "c", True),
        ("float32", "biuUc", False),
    ],
)
def test_dtypes_are_refused_by_kind(dtype, kinds, refused):
    spec = Spec((), getattr(rushlight, dtype).numpy)
    if not refused:
        _arguments.refuse(spec, "f()", kinds)
        return
    name = _arguments.scalar_name(spec.dtype)
    with pytest.raises(NotImplementedError, match=f"not implemented for '{name}'"):
        _arguments.refuse(spec, "f()", kinds)


def test_tensors_are_required_by_name():
    _arguments.require_tensor(rushlight.ones(1), "f()", "mat")
    with pytest.raises(
        TypeError, match=r"f\(\): expected argument 'mat' to be a Tensor"
    ):
        _arguments.require_tensor(np.ones(1), "f()", "mat")


def test_results_go_into_out():
    one, two = rushlight.ones(2), rushlight.ones(3).long()
    outs = rushlight.zeros(0), rushlight.zeros(0).long()
    found = _arguments.to_out((one, two), outs, "f()")
    assert found[0] is outs[0]
    assert (outs[0].tolist(), outs[1].tolist()) == ([1, 1], [1, 1, 1])


@pytest.mark.parametrize(
    "out, error, text",
    [
        (3, TypeError, "'out' to be a Tensor"),
        (
            rushlight.ones(2, requires_grad=True),
            RuntimeError,
            "automatic differentiation",
        ),
        (rushlight.ones(2).long(), RuntimeError, "result type"),
    ],
)
def test_an_out_that_cannot_hold_the_result(out, error, text):
    with pytest.raises(error, match=text):
        _arguments.to_out(rushlight.ones(2), out, "f()")


def test_several_results_need_several_outs():
    results = rushlight.ones(1), rushlight.ones(1)
    with pytest.raises(TypeError, match="a tuple of 2 tensors"):
        _arguments.to_out(results, rushlight.ones(1), "f()")
    with pytest.raises(RuntimeError, match="out tensor to have dtype"):
        _arguments.same_dtype_out(results[0], rushlight.ones(1).double(), "f()")
