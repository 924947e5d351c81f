"""Products of arrays and the shapes that they take."""

import numpy as np
import pytest

from rushlight._backends.numpy import NUMPY_BACKEND
from rushlight._base.spec import Spec
from rushlight._ops.matmul import multiply
from tests._ops.matmul.shapes import SHAPES

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("one, two", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "i8", "f2"])
def test_every_rank_and_dtype(one, two, dtype):
    x, y = ((RNG.random(s) * 5).astype(dtype) for s in (one, two))
    want = np.matmul(x.astype("c16"), y.astype("c16"))
    found = np.asarray(multiply.multiply(NUMPY_BACKEND, x, y))
    assert found.dtype == x.dtype
    close = 1e-2 if dtype == "f2" else 1e-5
    np.testing.assert_allclose(found.astype("c16"), want, rtol=close)
    assert multiply.product_shape(x, y) == want.shape


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: a.T.copy().T,
        lambda a: np.repeat(a, 2, 0)[::2],
        lambda a: np.repeat(a, 2, 1)[:, ::2],
        lambda a: a[::-1][::-1],
        lambda a: np.broadcast_to(a[:1], a.shape),
    ],
    ids=["transposed", "rows", "columns", "turned", "expanded"],
)
def test_every_layout(layout):
    x, y = layout(RNG.random((20, 20))), RNG.random((20, 20))
    np.testing.assert_allclose(multiply.multiply(NUMPY_BACKEND, x, y), x @ y)
    np.testing.assert_allclose(multiply.multiply(NUMPY_BACKEND, y, x), y @ x)
    np.testing.assert_allclose(multiply.folded(NUMPY_BACKEND, x, y), x.T @ y)


def test_a_stack_is_folded_over_all_its_rows():
    x, y = RNG.random((2, 3, 4)), RNG.random((2, 3, 5))
    want = np.einsum("abk,abm->km", x, y)
    np.testing.assert_allclose(multiply.folded(NUMPY_BACKEND, x, y), want)
    assert multiply.rows_of(np.zeros((2, 3, 0))).shape == (6, 0)


@pytest.mark.parametrize(
    "check, error, text",
    [
        (
            lambda: multiply.check_rank("f()", 2, mat=Spec((3,), "f4")),
            RuntimeError,
            r"f\(\): expected 'mat' to be a matrix \(2D\), got 1D",
        ),
        (
            lambda: multiply.check_dtypes("f()", Spec((), "f4"), None, Spec((), "f8")),
            RuntimeError,
            r"f\(\): expected all operands to have the same dtype",
        ),
        (
            lambda: multiply.require_arrays("f()", mat=3),
            TypeError,
            r"f\(\): expected argument 'mat' to be a Tensor, got int",
        ),
    ],
)
def test_refusals(check, error, text):
    with pytest.raises(error, match=text):
        check()


def test_long_vectors_are_multiplied_however_often():
    x = np.ones(4000, np.float32)
    found = {float(multiply.multiply(NUMPY_BACKEND, x, x)) for _ in range(2000)}
    assert found == {4000.0}
