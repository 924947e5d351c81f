"""Formulas: which ops have one, and which of them give NumPy's bits."""

import numpy as np
import pytest

import rushlight
from rushlight._compiler.large.formulas import formula_of, kernel_of
from rushlight._compiler.loops.checker import check_kernel
from rushlight._core.table import TABLE

HALF = rushlight.bfloat16.numpy
#: op, dtypes, attributes, whether it is exact.
FORMULAS = [
    ("add", "ff", {}, True),
    ("add", "ll", {}, True),
    ("mul", [HALF, HALF], {}, True),
    ("lt", "ff", {}, True),
    ("where", "?dd", {}, True),
    ("clamp", "f", {"min": 0.2, "max": None}, True),
    ("to", "f", {"dtype": rushlight.bfloat16}, True),
    ("to", "i", {"dtype": rushlight.float32}, True),
    ("remainder", "ff", {}, True),
    ("rsqrt", "f", {}, False),
    ("exp", "f", {}, False),
    ("logaddexp", "dd", {}, False),
    ("lgamma", "f", {}, False),
]
NONE = [
    ("sum", "f", {"dim": None, "keepdim": False, "dtype": None}),
    ("sum", "f", {"dim": (2,), "keepdim": False, "dtype": None}),
    ("softmax_backward", "ff", {"dim": 1}),
    ("join_halves", "ff", {"dim": 1}),
    ("remainder", "dd", {}),
    ("clamp", [HALF], {"min": 0.2, "max": None}),
    ("maximum", [HALF, HALF], {}),
    ("exp", [HALF], {}),
    ("add", ["h", "h"], {}),
    ("add", "FF", {}),
    ("add", [">f4", ">f4"], {}),
    ("clone", "f", {}),
    ("flip", "f", {"dims": (0,)}),
    ("matmul", "ff", {}),
    ("softmax", "f", {"dim": 0}),
]


@pytest.mark.parametrize("name, dtypes, attrs, is_exact", FORMULAS)
def test_an_op_of_single_elements_has_a_formula(name, dtypes, attrs, is_exact):
    formula = formula_of(TABLE[name], list(map(np.dtype, dtypes)), attrs)
    assert formula.is_exact == is_exact
    assert len(formula.inputs) == len(dtypes)
    for is_flat in (True, False):
        pattern = "1" + "0" * (len(dtypes) - 1)
        check_kernel(kernel_of(formula, pattern, 1024, is_flat))


@pytest.mark.parametrize("name, dtypes, attrs", NONE)
def test_others_have_none(name, dtypes, attrs):
    assert formula_of(TABLE[name], list(map(np.dtype, dtypes)), attrs) is None


def test_what_is_refused_is_checked_by_the_kernel():
    formula = formula_of(TABLE["fmod"], [np.dtype("f4")] * 2, {})
    assert len(formula.checks) == 1
    kernel = kernel_of(formula, "11", 1024, True)
    assert kernel.buffers[-1].name == "wrong"


@pytest.mark.parametrize("is_flat", [True, False])
def test_a_kernel_stays_within_its_buffers(is_flat):
    formula = formula_of(TABLE["add"], [np.dtype("f4")] * 2, {})
    kernel = kernel_of(formula, "11", 64, is_flat)
    sizes = {"count": 100, "span": 100, "blocks": 2}
    if not is_flat:
        sizes |= {"rows": 1, "second": 1, "parts": 2, "each": 1}
        sizes |= {f"{kind}{i}": 0 for kind in ("long", "short") for i in range(3)}
    check_kernel(kernel, **sizes)
