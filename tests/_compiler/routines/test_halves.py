"""Products of rows: the eager rule's bits."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

import rushlight
from rushlight._compiler.large.routines import REQUESTS
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.routines.halves import row_products
from rushlight._compiler.runtime.routine import NativeRoutine
from rushlight._core.table import TABLE

ATTRS = {"dim": -1, "keepdim": False, "dtype": None}


class _Numpy:
    np = np


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("shape", [(200, 33), (5, 40, 67), (3, 5000), (1, 60_003)])
def test_products_are_those_of_the_eager_rule(shape, dtype):
    x = np.random.default_rng(0).uniform(0.9, 1.1, shape).astype(dtype)
    x[..., 5] *= -1
    x.reshape(-1)[3] = np.nan
    want = TABLE["prod"].eager(_Numpy, x, **ATTRS)
    got = NativeRoutine(*REQUESTS["prod"](x, **ATTRS))([x])
    np.testing.assert_array_equal(got, want)


def test_it_stays_within_its_buffers():
    x, y = np.random.default_rng(0).uniform(0.9, 1.1, (3, 71)), np.empty(3)
    (task,) = row_products(3, 71, "f64").tasks
    check_kernel(task.kernel)
    run_kernel(task.kernel, (), [x.reshape(-1), y])
    np.testing.assert_allclose(y, x.prod(1))


def test_other_products_are_left_to_numpy():
    request, x = REQUESTS["prod"], np.ones((40, 40), "f4")
    for attrs in ({"dim": None}, {"dim": 0}, {"dtype": rushlight.float64}):
        assert request(x, **{**ATTRS, **attrs}) is None
    assert request(x[:, :20], **ATTRS) is None
    assert request(np.ones((1, 70_000), "f4"), **ATTRS) is None
    assert request(x.astype("i8"), **ATTRS) is None
