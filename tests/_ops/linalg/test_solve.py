"""solve, inv, triangular systems and LU factors."""

import numpy as np
import pytest

import rushlight
from rushlight import linalg
from tests.battery import COMPLEX, Error, Op, battery

ones = rushlight.ones
TYPES = ("float64", "float32", *COMPLEX)


def _regular(make, *shape):
    """Matrices that are well away from singular ones."""
    n = shape[-1]
    return make(*shape) + 4 * rushlight.eye(n, dtype=make(1).dtype)


def _vector_solve(a, b, left=True):
    if left and b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]:
        return np.linalg.solve(a, b[..., None])[..., 0]
    if left:
        return np.linalg.solve(a, b)
    return np.swapaxes(np.linalg.solve(a.swapaxes(-1, -2), b.swapaxes(-1, -2)), -1, -2)


def _triangular(a, b, *, upper, left=True, unitriangular=False):
    a = np.triu(a) if upper else np.tril(a)
    if unitriangular:
        n = a.shape[-1]
        a = np.where(np.eye(n, dtype=bool), 1, a)
    return _vector_solve(a, b, left)


OPS = [
    Op(
        "linalg.inv",
        reference=np.linalg.inv,
        samples=lambda make: [(_regular(make, 3, 3),), (_regular(make, 2, 3, 3),)],
        dtypes=TYPES,
        tolerance=10,
        out=True,
        errors=[
            Error((ones(2, 3),), RuntimeError, "square matrices"),
            Error((ones(3),), RuntimeError, "at least 2 dimensions"),
            Error((ones(2, 2).long(),), RuntimeError, "'Long'"),
            Error((ones(2, 2).half(),), RuntimeError, "low precision"),
            Error((rushlight.zeros(2, 2),), linalg.LinAlgError, "singular"),
        ],
    ),
    Op(
        "linalg.solve",
        reference=_vector_solve,
        samples=lambda make: [
            (_regular(make, 3, 3), make(3, 2)),
            (_regular(make, 3, 3), make(3)),
            (_regular(make, 2, 3, 3), make(2, 3)),
            (_regular(make, 3, 3), make(4, 3, 2)),
            (_regular(make, 3, 3), make(2, 3), {"left": False}),
        ],
        dtypes=TYPES,
        tolerance=10,
        out=True,
        errors=[
            Error((ones(2, 2), ones(3, 1)), RuntimeError, "incompatible shapes"),
            Error((ones(2, 2), ones(2, 1).double()), RuntimeError, "same dtype"),
            Error((ones(2, 2), ones(2, 1)), linalg.LinAlgError, "singular"),
        ],
    ),
    Op(
        "linalg.solve_triangular",
        reference=_triangular,
        samples=lambda make: [
            (_regular(make, 3, 3), make(3, 2), {"upper": True}),
            (_regular(make, 3, 3), make(2, 3, 2), {"upper": False}),
            (_regular(make, 3, 3), make(2, 3), {"upper": False, "left": False}),
            (make(3, 3), make(3, 1), {"upper": True, "unitriangular": True}),
        ],
        dtypes=TYPES,
        tolerance=10,
        out=True,
    ),
    Op(
        "cholesky_inverse",
        reference=lambda x: np.linalg.inv(np.tril(x) @ np.conj(np.tril(x).T)),
        samples=lambda make: [(_regular(make, 3, 3).tril(),)],
        dtypes=TYPES,
        tolerance=10,
        grad=0,
        out=True,
    ),
]
globals().update(battery(OPS))


def test_zero_on_the_diagonal_gives_inf():
    a = rushlight.tensor([[1.0, 0.0], [1.0, 0.0]])
    found = linalg.solve_triangular(a, ones(2, 1) * 2, upper=False)
    assert found[0].item() == 2
    assert not np.isfinite(found[1].item())


def test_info_instead_of_an_error():
    a = rushlight.stack([rushlight.eye(2), rushlight.zeros(2, 2)])
    inverse, info = linalg.inv_ex(a)
    assert info.tolist() == [0, 1]
    assert inverse[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert linalg.solve_ex(a, ones(2, 2, 1)).info.tolist() == [0, 1]
    with pytest.raises(linalg.LinAlgError):
        linalg.inv_ex(a, check_errors=True)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (2, 4, 4), (0, 2, 2)])
@pytest.mark.parametrize("dtype", [rushlight.float64, rushlight.complex128])
def test_lu(shape, dtype):
    x = rushlight.randn(*shape, dtype=dtype)
    p, lower, upper = linalg.lu(x)
    np.testing.assert_allclose((p @ lower @ upper).numpy(), x.numpy(), atol=1e-12)
    packed, pivots = linalg.lu_factor(x)
    assert pivots.dtype is rushlight.int32
    if shape[-1] == shape[-2]:
        b = rushlight.randn(*shape[:-1], 2, dtype=dtype)
        found = linalg.lu_solve(packed, pivots, b)
        np.testing.assert_allclose((x @ found).numpy(), b.numpy(), atol=1e-10)
        found = linalg.lu_solve(packed, pivots, b, adjoint=True)
        np.testing.assert_allclose((x.mH @ found).numpy(), b.numpy(), atol=1e-10)
        found = linalg.lu_solve(packed, pivots, b.mT, left=False)
        np.testing.assert_allclose((found @ x).numpy(), b.mT.numpy(), atol=1e-10)


def test_zero_pivots_are_reported():
    x = rushlight.zeros(2, 2)
    assert linalg.lu_factor_ex(x).info.item() == 1
    with pytest.raises(linalg.LinAlgError, match="is zero"):
        linalg.lu_factor(x)
    with pytest.raises(RuntimeError, match="needs a GPU"):
        linalg.lu(ones(2, 2), pivot=False)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5)])
def test_lu_gradients(shape):
    x = rushlight.randn(*shape, dtype=rushlight.float64, requires_grad=True)
    assert rushlight.autograd.gradcheck(lambda a: linalg.lu_factor(a)[0], (x,))


def test_tensors_as_maps():
    a = rushlight.randn(2, 3, 6, dtype=rushlight.float64)
    b = rushlight.randn(2, 3, dtype=rushlight.float64)
    x = linalg.tensorsolve(a, b)
    np.testing.assert_allclose(rushlight.tensordot(a, x, 1).numpy(), b.numpy())
    inverse = linalg.tensorinv(a, ind=2)
    np.testing.assert_allclose(rushlight.tensordot(inverse, b, 2).numpy(), x.numpy())
    with pytest.raises(RuntimeError, match="ind > 0"):
        linalg.tensorinv(a, ind=1)
