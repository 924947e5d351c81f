"""cholesky, qr, and reflections."""

import numpy as np
import pytest

import rushlight
from rushlight import linalg
from rushlight.autograd import gradcheck, gradgradcheck
from tests.battery import COMPLEX, Error, Op, battery

ones = rushlight.ones
TYPES = ("float64", "float32", *COMPLEX)
DTYPES = [rushlight.float64, rushlight.complex128]


def _positive(make, *shape):
    x = make(*shape)
    return x @ x.mH + rushlight.eye(shape[-1], dtype=x.dtype)


def _reference(x, upper=False):
    found = np.linalg.cholesky(x)
    return np.conj(np.swapaxes(found, -1, -2)) if upper else found


OPS = [
    Op(
        "linalg.cholesky",
        reference=_reference,
        samples=lambda make: [
            (_positive(make, 3, 3),),
            (_positive(make, 2, 3, 3), {"upper": True}),
        ],
        dtypes=TYPES,
        tolerance=10,
        grad=0,
        out=True,
        errors=[
            Error((-rushlight.eye(2),), linalg.LinAlgError, "order 1 is not positive"),
            Error((ones(2, 3),), RuntimeError, "square"),
        ],
    )
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", DTYPES)
def test_cholesky_gradients(dtype):
    x = rushlight.randn(3, 3, dtype=dtype, requires_grad=True)

    def f(x):
        return linalg.cholesky(x @ x.mH + rushlight.eye(3, dtype=dtype))

    assert gradcheck(f, (x,))
    assert gradgradcheck(f, (x,))


def test_cholesky_solves():
    a = _positive(rushlight.randn, 3, 3)
    b = rushlight.randn(3, 2)
    for upper in (False, True):
        factor = rushlight.cholesky(a, upper)
        found = rushlight.cholesky_solve(b, factor, upper)
        np.testing.assert_allclose((a @ found).numpy(), b.numpy(), atol=1e-4)
        inverse = rushlight.cholesky_inverse(factor, upper)
        np.testing.assert_allclose((a @ inverse).numpy(), np.eye(3), atol=1e-4)


def test_cholesky_info():
    a = rushlight.stack([rushlight.eye(2), -rushlight.eye(2)])
    factor, info = linalg.cholesky_ex(a)
    assert info.tolist() == [0, 1]
    assert factor[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5), (2, 4, 3)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_qr(shape, dtype):
    x = rushlight.randn(*shape, dtype=dtype, requires_grad=True)
    q, r = linalg.qr(x)
    np.testing.assert_allclose((q @ r).detach().numpy(), x.detach().numpy(), atol=1e-12)
    unit = np.broadcast_to(np.eye(q.shape[-1]), (q.mH @ q).shape)
    np.testing.assert_allclose((q.mH @ q).detach().numpy(), unit, atol=1e-12)
    q, r = linalg.qr(x, mode="complete")
    assert q.shape[-1] == shape[-2]
    assert linalg.qr(x, mode="r").Q.shape == (0,)
    assert gradcheck(lambda a: tuple(linalg.qr(a)), (x,))


def test_qr_refusals():
    with pytest.raises(RuntimeError, match="unrecognized mode"):
        linalg.qr(ones(2, 2), mode="full")
    x = rushlight.randn(4, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match="not defined"):
        linalg.qr(x, mode="complete").R.sum().backward()


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (2, 4, 3)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_reflections(shape, dtype):
    x = rushlight.randn(*shape, dtype=dtype)
    packed, tau = rushlight.geqrf(x)
    q = rushlight.orgqr(packed, tau)
    found = q @ packed[..., : shape[-1], :].triu()
    np.testing.assert_allclose(found.numpy(), x.numpy(), atol=1e-12)
    b = rushlight.randn(*x.shape[:-1], 2, dtype=dtype)
    whole = rushlight.ormqr(packed, tau, b)
    back = rushlight.ormqr(packed, tau, whole, transpose=True)
    np.testing.assert_allclose(back.numpy(), b.numpy(), atol=1e-12)
    with pytest.raises(RuntimeError, match="geqrf"):
        linalg.householder_product(x[..., :1, :], tau)
