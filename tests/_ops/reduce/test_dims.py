"""Which dims a reduction runs over."""

import numpy as np
import pytest

from rushlight._base.spec import Spec
from rushlight._ops.reduce import dims

X = np.zeros((2, 3, 4))


@pytest.mark.parametrize(
    "dim, axis, count",
    [
        (None, None, 24),
        ((), None, 24),
        ([], None, 24),
        (1, 1, 3),
        (-1, -1, 4),
        ((0, -1), (0, -1), 8),
        ([2], (2,), 4),
    ],
)
def test_a_dim_for_numpy_and_the_number_of_elements(dim, axis, count):
    assert dims.axis_of(X, dim, "f()") == axis
    assert dims.count_of(X.shape, dim) == count


def test_no_dimensions_take_0_and_minus_1():
    assert dims.axis_of(np.zeros(()), -1, "f()") is None
    with pytest.raises(IndexError, match=r"f\(\): expected a dimension"):
        dims.axis_of(np.zeros(()), 1, "f()")


def test_specs():
    assert dims.reduced_spec(X, (0, 2), True, "f()") == Spec((1, 3, 1), "f8")
    assert dims.reduced_spec(X, (), False, "f()", "i8") == Spec((), "i8")


@pytest.mark.parametrize(
    "shape, dim, error",
    [
        ((0, 3), 0, IndexError),
        ((0, 3), None, RuntimeError),
        ((0, 3), 1, None),
        ((2, 3), 0, None),
    ],
)
def test_nothing_to_reduce(shape, dim, error):
    if error is None:
        dims.refuse_empty(Spec(shape, "f4"), dim, "f()")
        return
    with pytest.raises(error, match=r"f\(\)"):
        dims.refuse_empty(Spec(shape, "f4"), dim, "f()")
