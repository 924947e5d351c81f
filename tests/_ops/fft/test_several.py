"""Transforms along several dimensions, against NumPy's and each other."""

import numpy as np
import pytest

import rushlight
from rushlight import fft
from tests.battery import COMPLEX, Error, Op, battery

ones = rushlight.ones
REAL = ("float64", "float32")
ANY = (*REAL, *COMPLEX)


def _axes(x, s, dim):
    if dim is None:
        return tuple(range(x.ndim - (x.ndim if s is None else len(s)), x.ndim))
    return dim


def _op(name, dtypes, errors=()):
    reference = getattr(np.fft, name)

    def expected(x, s=None, dim=None, norm=None):
        return reference(x, s, _axes(x, s, dim), norm)

    return Op(
        f"fft.{name}",
        reference=expected,
        samples=lambda make: [
            (make(3, 4),),
            (make(2, 3, 4), (5, 3)),
            (make(4, 3, 2), (2, 6), (0, 1), "ortho"),
            (make(2, 4), {"dim": (1,), "norm": "forward"}),
        ],
        dtypes=dtypes,
        out=True,
        grad=2 if name == "irfftn" else 0,
        errors=list(errors),
    )


OPS = [
    _op(
        "fftn",
        ANY,
        [
            Error((ones(2, 2),), RuntimeError, "unique", {"dim": (0, -2)}),
            Error((ones(2, 2), (2,)), RuntimeError, "same length", {"dim": (0, 1)}),
            Error((ones(2), (2, 2)), RuntimeError, "at most 1 sizes"),
        ],
    ),
    _op("ifftn", ANY),
    _op("rfftn", REAL, [Error((ones(()),), RuntimeError, "at least one axis")]),
    _op("irfftn", ANY),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "ihfftn"])
def test_real_gradients(name):
    function = getattr(fft, name)
    x = rushlight.randn(3, 4, dtype=rushlight.float64, requires_grad=True)
    assert rushlight.autograd.gradcheck(lambda x: function(x, (4, 3)), (x,))
    assert rushlight.autograd.gradgradcheck(function, (x,))


@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_hermitian(norm):
    x = rushlight.randn(4, 5, dtype=rushlight.complex128)
    by_hand = fft.hfft(fft.fft(x, dim=0, norm=norm), norm=norm)
    found = fft.hfftn(x, norm=norm)
    np.testing.assert_allclose(found.numpy(), by_hand.numpy(), atol=1e-12)
    np.testing.assert_allclose(fft.hfft2(x, norm=norm).numpy(), found.numpy())
    y = rushlight.randn(4, 6, dtype=rushlight.float64)
    back = fft.hfftn(fft.ihfftn(y, norm=norm), s=(4, 6), norm=norm)
    np.testing.assert_allclose(back.numpy(), y.numpy(), atol=1e-12)
    x.requires_grad = True
    assert rushlight.autograd.gradcheck(lambda x: fft.hfftn(x, norm=norm), (x,))


@pytest.mark.parametrize("name", ["fft2", "ifft2", "rfft2", "irfft2", "ihfft2"])
def test_two_dimensions(name):
    x = rushlight.randn(2, 4, 6, dtype=rushlight.float64)
    n = name.replace("2", "n")
    expected = getattr(fft, n)(x, dim=(-2, -1))
    np.testing.assert_array_equal(getattr(fft, name)(x).numpy(), expected.numpy())


def test_minus_one_leaves_a_size():
    x = rushlight.randn(3, 4)
    expected = fft.fftn(x, s=(3, 6), dim=(0, 1))
    found = fft.fftn(x, s=(-1, 6), dim=(0, 1))
    np.testing.assert_array_equal(found.numpy(), expected.numpy())
