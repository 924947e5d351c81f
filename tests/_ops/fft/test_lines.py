"""Transforms along one dimension, against NumPy's."""

import numpy as np
import pytest

import rushlight
from rushlight import fft
from tests.battery import COMPLEX, Error, Op, battery

ones = rushlight.ones
REAL = ("float64", "float32")
ANY = (*REAL, *COMPLEX)
BAD = [
    Error((ones(3), 0), RuntimeError, "data points (0)"),
    Error((ones(3),), RuntimeError, "'lapack'", {"norm": "lapack"}),
    Error((ones(3).half(),), RuntimeError, "unsupported dtype Half"),
    Error((ones(3),), IndexError, "dim", {"dim": 2}),
    Error((ones(()),), IndexError, "no dimensions"),
]


def _samples(make):
    return [
        (make(5),),
        (make(2, 6), {"norm": "ortho"}),
        (make(2, 5), 7, 0, "forward"),
        (make(3, 8), 4),
    ]


def _op(name, dtypes, errors=()):
    reference = getattr(np.fft, name)
    return Op(
        f"fft.{name}",
        reference=lambda x, n=None, dim=-1, norm=None: reference(x, n, dim, norm),
        samples=_samples,
        dtypes=dtypes,
        out=True,
        grad=2 if name in ("irfft", "hfft") else 0,
        errors=list(errors),
    )


COMPLEX_INPUT = Error((ones(3) * 1j,), RuntimeError, "a real input tensor")
OPS = [
    _op("fft", ANY, BAD),
    _op("ifft", ANY),
    _op("rfft", REAL, [COMPLEX_INPUT]),
    _op("irfft", ANY, BAD[:3]),
    _op("hfft", ANY),
    _op("ihfft", REAL, [COMPLEX_INPUT]),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", ["fft", "rfft"])
def test_integers_become_floats(name):
    found = getattr(fft, name)(rushlight.tensor([1, 2, 4]))
    assert found.dtype is rushlight.complex64
    assert getattr(fft, name)(rushlight.tensor([True])).dtype is rushlight.complex64


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "ihfft"])
@pytest.mark.parametrize("n", [None, 4, 7])
def test_real_gradients(name, n):
    function = getattr(fft, name)
    x = rushlight.randn(2, 5, dtype=rushlight.float64, requires_grad=True)
    assert rushlight.autograd.gradcheck(lambda x: function(x, n), (x,))
    assert rushlight.autograd.gradgradcheck(lambda x: function(x, n, 0), (x,))


@pytest.mark.parametrize("name", ["fft", "ifft", "irfft", "hfft"])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_complex_gradients(name, norm):
    function = getattr(fft, name)
    for n in (None, 3, 8):
        x = rushlight.randn(2, 5, dtype=rushlight.complex128, requires_grad=True)
        assert rushlight.autograd.gradcheck(lambda x: function(x, n, norm=norm), (x,))  # noqa: B023
        assert rushlight.autograd.gradgradcheck(lambda x: function(x, n), (x,))  # noqa: B023
