"""Eigenvalues, determinants, singular vectors, least squares, powers."""

import numpy as np
import pytest

import rushlight
from rushlight import linalg
from rushlight.autograd import gradcheck, gradgradcheck
from tests.battery import COMPLEX, Error, Op, battery

ones, randn = rushlight.ones, rushlight.randn
TYPES = ("float64", "float32", *COMPLEX)
DTYPES = [rushlight.float64, rushlight.complex128]


def _power(x, n):
    return np.linalg.matrix_power(x, n)


OPS = [
    Op(
        "linalg.det",
        reference=np.linalg.det,
        samples=lambda make: [(make(3, 3),), (make(2, 4, 4),), (make(0, 0),)],
        dtypes=TYPES,
        tolerance=50,
        out=True,
        errors=[Error((ones(2, 3),), RuntimeError, "square")],
    ),
    Op(
        "linalg.matrix_power",
        reference=_power,
        samples=lambda make: [
            (make(3, 3), 0),
            (make(3, 3), 3),
            (make(2, 3, 3) + 5 * rushlight.eye(3, dtype=make(1).dtype), -2),
        ],
        dtypes=TYPES,
        tolerance=10,
    ),
    Op(
        "linalg.cross",
        reference=lambda x, y, dim=-1: np.cross(x, y, axis=dim),
        samples=lambda make: [
            (make(4, 3), make(4, 3)),
            (make(3, 4), make(3, 1), {"dim": 0}),
        ],
        dtypes=(*TYPES, "int64", "float16"),
        errors=[
            Error((ones(2), ones(2)), RuntimeError, "length 3"),
            Error((ones(3), ones(1, 3)), RuntimeError, "number of dimensions"),
        ],
    ),
    Op(
        "linalg.vecdot",
        reference=lambda x, y, dim=-1: (np.conj(x) * y).sum(dim),
        samples=lambda make: [
            (make(4, 3), make(3)),
            (make(3, 2), make(3, 2), {"dim": 0}),
        ],
        dtypes=(*TYPES, "int64"),
    ),
    Op(
        "linalg.vander",
        reference=lambda x, N=None: np.stack(
            [x**i for i in range(N or x.shape[-1])], -1
        ),
        samples=lambda make: [(make(3),), (make(2, 3), {"N": 4})],
        dtypes=TYPES,
        errors=[Error((ones(3),), RuntimeError, "N > 1", {"N": 1})],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", DTYPES)
def test_hermitian(dtype):
    x = randn(2, 4, 4, dtype=dtype)
    a = x + x.mH
    values, vectors = linalg.eigh(a)
    again = vectors * values.unsqueeze(-2) @ vectors.mH
    np.testing.assert_allclose(again.numpy(), a.numpy(), atol=1e-12)
    np.testing.assert_allclose(linalg.eigvalsh(a.triu(), "U").numpy(), values.numpy())
    x.requires_grad = True
    assert gradcheck(lambda x: linalg.eigvalsh(x + x.mH), (x,))
    one = x[0].detach().requires_grad_()
    assert gradgradcheck(lambda x: linalg.eigvalsh(x + x.mH), (one,))
    assert gradcheck(lambda x: linalg.eigh(x + x.mH).eigenvectors.abs(), (x,))
    with pytest.raises(RuntimeError, match="'L' or 'U'"):
        linalg.eigh(a, "both")


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_square(dtype):
    a = randn(2, 4, 4, dtype=dtype)
    values, vectors = linalg.eig(a)
    left = a.to(rushlight.complex128) @ vectors
    np.testing.assert_allclose(
        left.numpy(), (vectors * values[:, None]).numpy(), atol=1e-10
    )
    a.requires_grad = True
    assert gradcheck(lambda a: linalg.eigvals(a).abs(), (a,))
    assert gradcheck(lambda a: linalg.eig(a).eigenvectors.abs(), (a,))


@pytest.mark.parametrize("dtype", DTYPES)
def test_slogdet(dtype):
    a = randn(2, 3, 3, dtype=dtype)
    sign, size = linalg.slogdet(a)
    found = sign * size.exp()
    np.testing.assert_allclose(found.numpy(), linalg.det(a).numpy(), rtol=1e-10)
    a.requires_grad = True
    assert gradcheck(lambda a: tuple(linalg.slogdet(a)), (a,))
    assert rushlight.slogdet(a.detach())[0].tolist() == sign.tolist()
    assert rushlight.logdet(2 * rushlight.eye(2)).item() == pytest.approx(np.log(4))
    assert rushlight.logdet(-rushlight.eye(1)).isnan()


@pytest.mark.parametrize("dtype", DTYPES)
def test_singular_determinants_have_gradients(dtype):
    x = randn(3, 1, dtype=dtype) @ randn(1, 3, dtype=dtype) + rushlight.zeros(3, 3)
    y = randn(3, 3, dtype=dtype)
    y[2] = 0
    for a in (x, y):
        a = a.clone().requires_grad_()
        assert gradcheck(linalg.det, (a,))


def test_full_singular_vectors():
    x = randn(5, 3, dtype=rushlight.float64, requires_grad=True)
    u, s, vh = linalg.svd(x)
    assert u.shape == (5, 5)
    again = u[:, :3] * s @ vh
    np.testing.assert_allclose(again.detach().numpy(), x.detach().numpy(), atol=1e-12)
    assert gradcheck(lambda x: linalg.svd(x).S, (x,))
    assert gradcheck(lambda x: linalg.svd(x, full_matrices=False).U.abs(), (x,))
    v = rushlight.svd(x).V
    np.testing.assert_allclose(v.detach().numpy(), vh.mH.detach().numpy())
    assert rushlight.svd(x, compute_uv=False).U.abs().sum().item() == 0


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (2, 3, 3)])
def test_pinv(shape, dtype):
    x = randn(*shape, dtype=dtype, requires_grad=True)
    np.testing.assert_allclose(
        linalg.pinv(x).detach().numpy(), np.linalg.pinv(x.detach().numpy()), atol=1e-10
    )
    assert gradcheck(linalg.pinv, (x,))
    assert gradgradcheck(linalg.pinv, (x,))
    y = x @ x.mH
    same = linalg.pinv(y, hermitian=True, rtol=1e-9)
    plain = linalg.pinv(y, rtol=1e-9)
    np.testing.assert_allclose(same.detach().numpy(), plain.detach().numpy(), atol=1e-7)


def test_rank_and_condition():
    x = rushlight.diag(rushlight.tensor([1.0, 0.5, 0.0]))
    assert linalg.matrix_rank(x).item() == 2
    assert linalg.matrix_rank(x, atol=0.7).item() == 1
    assert linalg.matrix_rank(-x, hermitian=True).item() == 2
    assert linalg.cond(x[:2, :2]).item() == 2
    assert linalg.cond(x[:2, :2], 1).item() == 2
    assert linalg.cond(x, "fro").item() == float("inf")


def test_least_squares():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    expected, residuals, _, values = np.linalg.lstsq(a, b, rcond=None)
    found = linalg.lstsq(rushlight.tensor(a), rushlight.tensor(b), driver="gelsd")
    np.testing.assert_allclose(found.solution.numpy(), expected)
    np.testing.assert_allclose(found.residuals.numpy(), residuals)
    np.testing.assert_allclose(found.singular_values.numpy(), values)
    assert found.rank.item() == 3
    plain = linalg.lstsq(rushlight.tensor(a), rushlight.tensor(b[:, 0]))
    np.testing.assert_allclose(plain.solution.numpy(), expected[:, 0])
    assert plain.residuals.numel() == plain.singular_values.numel() == 0
    with pytest.raises(RuntimeError, match="driver"):
        linalg.lstsq(ones(2, 2), ones(2, 2), driver="qr")
    with pytest.raises(RuntimeError, match="3 rows"):
        linalg.lstsq(ones(3, 2), ones(2, 2))


@pytest.mark.parametrize("dtype", DTYPES)
def test_matrix_exp(dtype):
    x = randn(2, 3, 3, dtype=dtype)
    values, vectors = np.linalg.eig(x.numpy())
    expected = vectors * np.exp(values)[:, None] @ np.linalg.inv(vectors)
    np.testing.assert_allclose(linalg.matrix_exp(x).numpy(), expected, atol=1e-10)
    big = 30 * rushlight.eye(2, dtype=dtype)
    np.testing.assert_allclose(
        linalg.matrix_exp(big).diagonal().numpy(), np.exp([30, 30]), rtol=1e-12
    )
    x.requires_grad = True
    assert gradcheck(linalg.matrix_exp, (x,))
    assert gradgradcheck(linalg.matrix_exp, (x[0].detach().requires_grad_(),))


def test_cross_finds_its_dimension():
    x = randn(2, 3, 4)
    np.testing.assert_allclose(
        rushlight.cross(x, 2 * x + 1).numpy(),
        np.cross(x.numpy(), 2 * x.numpy() + 1, axis=1),
        atol=1e-6,
    )
    with pytest.raises(RuntimeError, match="no dimension of size 3"):
        rushlight.cross(ones(2), ones(2))
