"""Orthogonal polynomials, against SciPy's."""

import numpy as np
import pytest

import rushlight
from rushlight import special

scipy = pytest.importorskip("scipy.special")

X = np.linspace(-1.5, 1.5, 31)
INNER = np.linspace(-0.98, 0.98, 31)


def _v(n, x):
    return np.cos((n + 0.5) * np.arccos(x)) / np.cos(np.arccos(x) / 2)


def _w(n, x):
    return np.sin((n + 0.5) * np.arccos(x)) / np.sin(np.arccos(x) / 2)


NAMES = {
    "chebyshev_polynomial_t": (scipy.eval_chebyt, X),
    "chebyshev_polynomial_u": (scipy.eval_chebyu, X),
    "chebyshev_polynomial_v": (_v, INNER),
    "chebyshev_polynomial_w": (_w, INNER),
    "hermite_polynomial_h": (scipy.eval_hermite, X),
    "hermite_polynomial_he": (scipy.eval_hermitenorm, X),
    "laguerre_polynomial_l": (scipy.eval_laguerre, X),
    "legendre_polynomial_p": (scipy.eval_legendre, X),
    "shifted_chebyshev_polynomial_t": (scipy.eval_sh_chebyt, X),
    "shifted_chebyshev_polynomial_u": (scipy.eval_sh_chebyu, X),
    "shifted_chebyshev_polynomial_v": (lambda n, x: _v(n, 2 * x - 1), INNER[16:]),
    "shifted_chebyshev_polynomial_w": (lambda n, x: _w(n, 2 * x - 1), INNER[16:]),
}


@pytest.mark.parametrize("name", list(NAMES))
@pytest.mark.parametrize("n", [0, 1, 2, 5, 9])
def test_values(name, n):
    reference, x = NAMES[name]
    found = getattr(special, name)(rushlight.tensor(x), n).numpy()
    np.testing.assert_allclose(found, reference(n, x), rtol=1e-9, atol=1e-9)


def test_degrees_may_be_a_tensor():
    x, n = rushlight.tensor([[0.5], [2.0]]), rushlight.tensor([-1, 0, 2])
    found = special.chebyshev_polynomial_t(x, n)
    assert found.tolist() == [[0.0, 1.0, -0.5], [0.0, 1.0, 7.0]]
    assert found.dtype is rushlight.float32
