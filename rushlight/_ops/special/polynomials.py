"""Orthogonal polynomials, by their recurrences: ``f(input, n)``.

n may be a tensor; its values are rounded toward zero.  They have no derivative here,
as in torch.
"""

from rushlight._ops.special._define import binary


def _recurrence(first, second, step):
    """A kernel ``(np, x, n)``: values 1, second(x), then step(k, x, last, one before).

    n below 0 gives 0.
    """

    def kernel(np, x, n):
        x, n = np.broadcast_arrays(x, np.trunc(n))
        before, last = np.full(x.shape, first, float), second(x) + 0.0
        found = np.where(n == 0, before, np.where(n == 1, last, 0.0))
        highest = np.max(n, initial=0, where=np.isfinite(n))
        for k in range(2, int(highest) + 1):
            before, last = last, step(k, x, last, before)
            found = np.where(n == k, last, found)
        return np.where(np.isnan(x) & (n > 0), x, found)

    return kernel


def _chebyshev(second):
    return _recurrence(1.0, second, lambda k, x, a, b: 2 * x * a - b)


def _shifted(kernel):
    return lambda np, x, n: kernel(np, 2 * x - 1, n)


_t = _chebyshev(lambda x: x)
_u = _chebyshev(lambda x: 2 * x)
_v = _chebyshev(lambda x: 2 * x - 1)
_w = _chebyshev(lambda x: 2 * x + 1)
_hermite_h = _recurrence(
    1.0, lambda x: 2 * x, lambda k, x, a, b: 2 * x * a - 2 * (k - 1) * b
)
_hermite_he = _recurrence(1.0, lambda x: x, lambda k, x, a, b: x * a - (k - 1) * b)
_laguerre = _recurrence(
    1.0, lambda x: 1 - x, lambda k, x, a, b: ((2 * k - 1 - x) * a - (k - 1) * b) / k
)
_legendre = _recurrence(
    1.0, lambda x: x, lambda k, x, a, b: ((2 * k - 1) * x * a - (k - 1) * b) / k
)

chebyshev_polynomial_t = binary(
    "chebyshev_polynomial_t", _t, "Chebyshev's polynomial of the first kind, T_n(x)."
)
chebyshev_polynomial_u = binary(
    "chebyshev_polynomial_u", _u, "Chebyshev's polynomial of the second kind, U_n(x)."
)
chebyshev_polynomial_v = binary(
    "chebyshev_polynomial_v", _v, "Chebyshev's polynomial of the third kind, V_n(x)."
)
chebyshev_polynomial_w = binary(
    "chebyshev_polynomial_w", _w, "Chebyshev's polynomial of the fourth kind, W_n(x)."
)
shifted_chebyshev_polynomial_t = binary(
    "shifted_chebyshev_polynomial_t", _shifted(_t), "T_n(2x - 1)."
)
shifted_chebyshev_polynomial_u = binary(
    "shifted_chebyshev_polynomial_u", _shifted(_u), "U_n(2x - 1)."
)
shifted_chebyshev_polynomial_v = binary(
    "shifted_chebyshev_polynomial_v", _shifted(_v), "V_n(2x - 1)."
)
shifted_chebyshev_polynomial_w = binary(
    "shifted_chebyshev_polynomial_w", _shifted(_w), "W_n(2x - 1)."
)
hermite_polynomial_h = binary(
    "hermite_polynomial_h", _hermite_h, "The physicists' Hermite polynomial H_n(x)."
)
hermite_polynomial_he = binary(
    "hermite_polynomial_he",
    _hermite_he,
    "The other Hermite polynomial, He_n(x).",
)
laguerre_polynomial_l = binary(
    "laguerre_polynomial_l", _laguerre, "Laguerre's polynomial L_n(x)."
)
legendre_polynomial_p = binary(
    "legendre_polynomial_p", _legendre, "Legendre's polynomial P_n(x)."
)
