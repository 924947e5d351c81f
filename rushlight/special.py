"""Special functions, with torch.special's names."""

from rushlight._core.expose import FUNCTIONAL as _FUNCTIONAL
from rushlight._core.expose import TORCH as _TORCH
from rushlight._ops.special.bessel import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    i0,
    i0e,
    i1,
    i1e,
    modified_bessel_i0,
    modified_bessel_i1,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from rushlight._ops.special.gammas import igamma as gammainc
from rushlight._ops.special.gammas import igammac as gammaincc
from rushlight._ops.special.gammas import mvlgamma as multigammaln
from rushlight._ops.special.gammas import zeta
from rushlight._ops.special.polynomials import (
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
)
from rushlight._ops.special.probability import (
    entr,
    erfcx,
    log_ndtr,
    ndtr,
    ndtri,
    xlog1py,
)

digamma = _TORCH["digamma"]
erf = _TORCH["erf"]
erfc = _TORCH["erfc"]
erfinv = _TORCH["erfinv"]
exp2 = _TORCH["exp2"]
expm1 = _TORCH["expm1"]
log1p = _TORCH["log1p"]
logit = _TORCH["logit"]
logsumexp = _TORCH["logsumexp"]
polygamma = _TORCH["polygamma"]
round = _TORCH["round"]
sinc = _TORCH["sinc"]
xlogy = _TORCH["xlogy"]
expit = _TORCH["sigmoid"]
gammaln = _TORCH["lgamma"]
psi = _TORCH["digamma"]


def softmax(input, dim, *, dtype=None):
    """Exponentials that add up to 1 along a dimension, as `nn.functional.softmax`.

    >>> import rushlight
    >>> rushlight.special.softmax(rushlight.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    return _FUNCTIONAL["softmax"](input, dim, dtype=dtype)


def log_softmax(input, dim, *, dtype=None):
    """The logarithm of `softmax`, precise where that is tiny."""
    return _FUNCTIONAL["log_softmax"](input, dim, dtype=dtype)


__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "softmax",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]
