"""Bessel and Airy functions, against SciPy's."""

import numpy as np
import pytest

import rushlight
from rushlight import special
from rushlight.autograd import gradcheck, gradgradcheck

scipy = pytest.importorskip("scipy.special")

X = np.concatenate([np.linspace(-40, 40, 801), [1e-9, 1e3, -1e3, 2.0, 8.0, 0.0]])
NAMES = {
    "i0": scipy.i0,
    "i0e": scipy.i0e,
    "i1": scipy.i1,
    "i1e": scipy.i1e,
    "bessel_j0": scipy.j0,
    "bessel_j1": scipy.j1,
    "bessel_y0": scipy.y0,
    "bessel_y1": scipy.y1,
    "modified_bessel_i0": scipy.i0,
    "modified_bessel_i1": scipy.i1,
    "modified_bessel_k0": scipy.k0,
    "modified_bessel_k1": scipy.k1,
    "scaled_modified_bessel_k0": scipy.k0e,
    "scaled_modified_bessel_k1": scipy.k1e,
    "spherical_bessel_j0": lambda x: scipy.spherical_jn(0, x),
    "airy_ai": lambda x: scipy.airy(x)[0],
}


@pytest.mark.parametrize("name", list(NAMES))
def test_values(name):
    function = getattr(special, name)
    with np.errstate(all="ignore"):
        expected = NAMES[name](X)
    found = function(rushlight.tensor(X)).numpy()
    np.testing.assert_allclose(found, expected, rtol=2e-12, atol=1e-13)
    single = X.astype(np.float32)
    found = function(rushlight.tensor(single)).numpy()
    assert found.dtype == np.float32
    with np.errstate(all="ignore"):
        expected = NAMES[name](single.astype(np.float64))
        np.testing.assert_allclose(found, expected.astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("name", ["i0", "i0e", "i1", "i1e"])
def test_gradients(name):
    x = rushlight.tensor([-9.0, -2.0, 0.3, 5.0], dtype=rushlight.float64)
    x.requires_grad = True
    assert gradcheck(getattr(special, name), (x,))
    assert gradgradcheck(getattr(special, name), (x,))


def test_gradients_at_zero():
    for name, slope in [("i0", 0.0), ("i0e", 0.0), ("i1", 0.5), ("i1e", 0.5)]:
        x = rushlight.zeros((), requires_grad=True)
        getattr(special, name)(x).backward()
        assert x.grad.item() == slope


def test_forms():
    x = rushlight.tensor([1, 2])
    assert special.bessel_j0(x).dtype is rushlight.float32
    out = rushlight.empty(2)
    assert special.i1(x.float(), out=out) is out
    y = x.float()
    assert y.i0_() is y
    assert special.i0(y[:0]).shape == (0,)
    with pytest.raises(RuntimeError, match="complex"):
        special.bessel_j0(x * 1j)
    with pytest.raises(TypeError, match="Tensor"):
        special.bessel_j0(1.0)
