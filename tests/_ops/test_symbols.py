"""Symbols: an eager kernel run on them writes down what it computes."""

import numpy as np
import pytest

from rushlight._compiler.graph.expression import POINTWISE
from rushlight._compiler.loops.meaning import meaning
from rushlight._compiler.passes.lowering import Lowering, NotLowered
from rushlight._ops._symbols import lowered_by

VALUES = np.array([-2.5, -1.0, -0.0, 0.0, 0.25, 1.0, 3.0, np.inf, -np.inf, np.nan])


def value_of(e, x):
    """The value of an expression for one value of its input."""
    if e.kind == "input":
        return x
    if e.kind == "const":
        return {"f64": np.float64, "f32": np.float32, "bool": np.bool_}[e.dtype](
            e.data.value
        )
    args = [value_of(a, x) for a in e.args]
    return meaning(e.kind, e.dtype, args) if e.kind in POINTWISE else args[0]


def _in_place(np, x):
    out = np.empty_like(x)
    np.multiply(x, 3.0, out=out)
    np.add(out, 1.0, out=out)
    np.copyto(out, x, where=x < 0)
    out[x > 2] = 7.0
    return out


def _under_a_mask(np, x):
    value, far = np.abs(x), np.abs(x) > 1
    if far.any():
        chosen = x[far]
        value[far] = np.sqrt(chosen * chosen + 1)
    return value


#: Kernels as the special functions write them.
KERNELS = {
    "operators": lambda np, x: (1 - x) * 2 + x / (x * x + 1) - -x,
    "powers": lambda np, x: x**2 + np.abs(x) ** 0.5,
    "choices": lambda np, x: np.where((x > 0) & ~(x >= 2) | (x == -1), x, 0.5),
    "numbers": lambda np, x: np.where(x <= 0, 1.0, 2.0),
    "bounds": lambda np, x: np.clip(x, -1, 2),
    "signs": lambda np, x: np.copysign(np.rint(x), x) + np.copysign(2.0, x),
    "classes": lambda np, x: np.where(np.isnan(x) | np.isinf(x), -1.0, 1.0),
    "ends": lambda np, x: np.where(np.isposinf(x), 3.0, np.where(np.isfinite(x), x, 4)),
    "ones": lambda np, x: np.ones_like(x) + np.zeros_like(x),
    "polyval": lambda np, x: np.polyval((1.0, -2.0, 0.5), x),
    "in place": _in_place,
    "under a mask": _under_a_mask,
    "other dtypes": lambda np, x: x.astype("float32").astype("float64"),
}


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_means_the_same_on_arrays_and_on_symbols(name):
    k = Lowering()
    source = k.x.make("input", [], VALUES.shape, "f64", 0)
    e = lowered_by(KERNELS[name])(k, source)
    assert (e.shape, e.dtype) == (VALUES.shape, "f64")
    with np.errstate(all="ignore"):
        want = KERNELS[name](np, VALUES)
        got = np.array([value_of(e, x) for x in VALUES])
    np.testing.assert_allclose(got, want, rtol=1e-15)
    zeros = want == 0
    np.testing.assert_array_equal(np.signbit(got[zeros]), np.signbit(want[zeros]))


def test_a_product_that_is_added_is_one_instruction():
    k = Lowering()
    x = k.x.make("input", [], (3,), "f64", 0)
    assert lowered_by(lambda np, x: x * 2 + x)(k, x).kind == "fma"


def test_what_is_no_element_wise_function_is_not_lowered():
    k = Lowering()
    x = k.x.make("input", [], (3,), "f64", 0)
    with pytest.raises(NotLowered):
        lowered_by(lambda np, x: np.cumsum(x))(k, x)
