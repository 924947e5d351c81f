"""Special functions: erf, erfc, erfinv, lgamma, digamma, polygamma."""

import math

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import expose, mutate
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._core.tensor import attach
from rushlight._ops import _special as functions
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._symbols import lowered_by
from rushlight._ops.specs import float_spec

_TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


def _floating(x, who):
    """x as it is, if the functions here take it; integers are promoted first."""
    refuse(x, who, "c")
    return x if x.dtype.kind in "fV" else x.astype("float64")


def _special_spec(x, **attrs):
    refuse(x, "special function", "c")
    return float_spec(x)


# ----------------------------------------------------------------- erf, erfc, erfinv


def erf(input, *, out=None):
    """The error function: ``2 / sqrt(pi)`` times the integral of ``e**-t**2`` to x.

    Args:
        input: (*), any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for complex tensors.

    >>> import rushlight
    >>> rushlight.erf(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    return ERF.short(input) if out is None else call_out(ERF, (input,), out)


def erfc(input, *, out=None):
    """``1 - erf(input)``, precise where that is small.

    Args:
        input, out: as for `erf`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.erfc(rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    return ERFC.short(input) if out is None else call_out(ERFC, (input,), out)


def erfinv(input, *, out=None):
    """The inverse of `erf`; nan outside [-1, 1].

    Args:
        input, out: as for `erf`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.erfinv(rushlight.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    return ERFINV.short(input) if out is None else call_out(ERFINV, (input,), out)


def _erf_eager(backend, x):
    return functions.erf(backend.np, _floating(x, "erf"))


def _erfc_eager(backend, x):
    return functions.erfc(backend.np, _floating(x, "erfc"))


def _erfinv_eager(backend, x):
    return functions.erfinv(backend.np, _floating(x, "erfinv"))


def _erf_grad(g, *, x):
    return g * (_TWO_OVER_ROOT_PI * (-x * x).exp())


def _erfc_grad(g, *, x):
    return g * (-_TWO_OVER_ROOT_PI * (-x * x).exp())


def _erfinv_grad(g, *, out):
    return g * (out * out).exp() / _TWO_OVER_ROOT_PI


_erf_in_float64 = lowered_by(functions.erf)


def _erf_lower(k, x):
    return k.erf(x) if x.dtype == "f32" else _erf_in_float64(k, x)


_erfc_lower = lowered_by(functions.erfc)


ERF = define(
    "erf",
    eager=_erf_eager,
    spec=_special_spec,
    grad=_erf_grad,
    lower=_erf_lower,
    promote=FLOAT,
    passes=40,
    large_from=64,
)
ERFC = define(
    "erfc",
    eager=_erfc_eager,
    spec=_special_spec,
    grad=_erfc_grad,
    lower=_erfc_lower,
    promote=FLOAT,
    passes=120,
    large_from=32,
)
ERFINV = define(
    "erfinv",
    eager=_erfinv_eager,
    spec=_special_spec,
    grad=_erfinv_grad,
    promote=FLOAT,
    lower=lowered_by(functions.erfinv),
    passes=60,
    large_from=32,
)
expose(erf, inplace=ERF)
expose(erfc, inplace=ERFC)
expose(erfinv, inplace=ERFINV, inplace_torch=False)

# ---------------------------------------------------------- lgamma, digamma, polygamma


def lgamma(input, *, out=None):
    """The logarithm of the gamma function's size: ``log|Gamma(input)|``.

    Args:
        input, out: as for `erf`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.lgamma(rushlight.tensor([1.0, 5.0]))
    tensor([0.0000, 3.1781])
    """
    return LGAMMA.short(input) if out is None else call_out(LGAMMA, (input,), out)


def digamma(input, *, out=None):
    """The derivative of `lgamma`.

    Args:
        input, out: as for `erf`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.digamma(rushlight.tensor([1.0, 5.0]))
    tensor([-0.5772,  1.5061])
    """
    return DIGAMMA.short(input) if out is None else call_out(DIGAMMA, (input,), out)


def polygamma(n, input, *, out=None):
    """The n-th derivative of `digamma`.

    Args:
        n: int, at least 0.
        input, out: as for `erf`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        RuntimeError: for a negative n.

    >>> import rushlight
    >>> rushlight.polygamma(1, rushlight.tensor([1.0, 5.0]))
    tensor([1.6449, 0.2213])
    """
    if n < 0:
        raise ArgumentRuntimeError(
            explain(
                "polygamma()",
                expected="n of at least 0",
                got=n,
                do="polygamma(n, x) does not support negative n.",
            )
        )
    op, attrs = (POLYGAMMA, {"n": n}) if n else (DIGAMMA, {})
    if out is None:
        return op.short(input, **attrs)
    return call_out(op, (input,), out, **attrs)


def _lgamma_eager(backend, x):
    return functions.lgamma(backend.np, _floating(x, "lgamma"))


def _digamma_eager(backend, x):
    return functions.digamma(backend.np, _floating(x, "digamma"))


def _polygamma_eager(backend, x, *, n):
    return functions.polygamma(backend.np, n, _floating(x, "polygamma"))


def _lgamma_grad(g, *, x):
    return g * x.digamma()


def _digamma_grad(g, *, x):
    return g * polygamma(1, x)


def _polygamma_grad(g, *, x, n):
    return g * polygamma(n + 1, x)


LGAMMA = define(
    "lgamma",
    eager=_lgamma_eager,
    spec=_special_spec,
    grad=_lgamma_grad,
    promote=FLOAT,
    lower=lowered_by(functions.lgamma),
    passes=400,
    large_from=16,
)
DIGAMMA = define(
    "digamma",
    eager=_digamma_eager,
    spec=_special_spec,
    grad=_digamma_grad,
    promote=FLOAT,
    lower=lowered_by(functions.digamma),
    passes=400,
    large_from=16,
)
POLYGAMMA = define(
    "polygamma",
    eager=_polygamma_eager,
    spec=_special_spec,
    grad=_polygamma_grad,
    promote=FLOAT,
)
expose(lgamma, inplace=LGAMMA, inplace_torch=False)
expose(digamma, inplace=DIGAMMA, inplace_torch=False)
expose(polygamma, method=False)


def _polygamma_method(self, n):
    """The n-th derivative of `digamma`, as for `rushlight.polygamma`.

    Args:
        n: int, at least 0.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        RuntimeError: for a negative n.

    >>> import rushlight
    >>> rushlight.tensor([1.0]).polygamma(1)
    tensor([1.6449])
    """
    return polygamma(n, self)


def _polygamma_inplace(self, n):
    """In-place form of `polygamma`: writes into the tensor and returns it."""
    require_tensor(self, "polygamma_()")
    return mutate(_polygamma_method, self, (n,), {}, "polygamma")


attach("polygamma", _polygamma_method)
attach("polygamma_", _polygamma_inplace)
