"""Rounding: floor, ceil, round, trunc, frac."""

from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import is_half
from rushlight._ops.specs import same_spec

# ---------------------------------------------------------------- floor, ceil, trunc


def floor(input, *, out=None):
    """The largest integer that is not greater.

    Args:
        input: (*), integers or float.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.floor(rushlight.tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    return FLOOR.short(input) if out is None else call_out(FLOOR, (input,), out)


def ceil(input, *, out=None):
    """The smallest integer that is not less.

    Args:
        input, out: as for `floor`.

    Returns:
        Tensor: same shape and dtype.

    >>> import rushlight
    >>> rushlight.ceil(rushlight.tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    return CEIL.short(input) if out is None else call_out(CEIL, (input,), out)


def trunc(input, *, out=None):
    """The integer part: rounded towards zero.

    Args:
        input, out: as for `floor`.

    Returns:
        Tensor: same shape and dtype.

    >>> import rushlight
    >>> rushlight.trunc(rushlight.tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    return TRUNC.short(input) if out is None else call_out(TRUNC, (input,), out)


def _rounding_spec(x):
    refuse(x, "rounding", "bc")
    return same_spec(x)


def _rounded(function, x, who):
    if x.dtype.kind in "fV":
        return function(x)
    refuse(x, who, "bc")
    return x.copy()


def _floor_eager(backend, x):
    return _rounded(backend.np.floor, x, "floor")


def _ceil_eager(backend, x):
    return _rounded(backend.np.ceil, x, "ceil")


def _trunc_eager(backend, x):
    return _rounded(backend.np.trunc, x, "trunc")


def _flat_grad(g):
    return g.new_zeros(g.shape)


def _floor_lower(k, x):
    return k.floor(x)


def _ceil_lower(k, x):
    return k.neg(k.floor(k.neg(x)))


def _trunc_lower(k, x):
    return k.where(k.lt(x, k.const(0)), _ceil_lower(k, x), k.floor(x))


def _define(name, eager, lower):
    return define(name, eager=eager, spec=_rounding_spec, grad=_flat_grad, lower=lower)


FLOOR = _define("floor", _floor_eager, _floor_lower)
CEIL = _define("ceil", _ceil_eager, _ceil_lower)
TRUNC = _define("trunc", _trunc_eager, _trunc_lower)
expose(floor, inplace=FLOOR)
expose(ceil, inplace=CEIL)
expose(trunc, inplace=TRUNC, aliases=["fix"])

# ----------------------------------------------------------------------------- round


def round(input, *, decimals=0, out=None):
    """The nearest integer; halves go to the even one.

    Args:
        input: (*), integers or float.
        decimals: int; digits to keep after the point (float only); before it if
            negative.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors, and for integers with decimals.

    >>> import rushlight
    >>> rushlight.round(rushlight.tensor([0.5, 1.5, -2.7]))
    tensor([ 0.,  2., -3.])
    >>> rushlight.round(rushlight.tensor([1.234]), decimals=1)
    tensor([1.2000])
    """
    op, attrs = (ROUND_DECIMALS, {"decimals": decimals}) if decimals else (ROUND, {})
    if out is None:
        return op.short(input, **attrs)
    return call_out(op, (input,), out, **attrs)


def _round_eager(backend, x):
    return _rounded(backend.np.rint, x, "round")


def _round_lower(k, x):
    return k.round(x)


ROUND = _define("round", _round_eager, _round_lower)


def _decimals_spec(x, *, decimals):
    refuse(x, "round with decimals", "biuc")
    return same_spec(x)


def _decimals_eager(backend, x, *, decimals):
    np = backend.np
    refuse(x, "round with decimals", "biuc")
    if is_half(x):
        wide = _decimals_eager(backend, x.astype("float32"), decimals=decimals)
        return wide.astype(x.dtype)
    scale = x.dtype.type(10.0 ** abs(decimals))
    if decimals > 0:
        return np.rint(x * scale) / scale
    return np.rint(x / scale) * scale


def _decimals_grad(g, *, decimals):
    return g.new_zeros(g.shape)


def _decimals_lower(k, x, *, decimals):
    scale = k.const(10.0**decimals)
    return k.div(k.round(k.mul(x, scale)), scale)


ROUND_DECIMALS = define(
    "round_decimals",
    eager=_decimals_eager,
    spec=_decimals_spec,
    grad=_decimals_grad,
    lower=_decimals_lower,
    node="RoundBackward1",
)
expose(round, inplace=True)

# ------------------------------------------------------------------------------ frac


def frac(input, *, out=None):
    """The part after the point: ``input - trunc(input)``.

    Args:
        input: (*), float.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.frac(rushlight.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """
    return FRAC.short(input) if out is None else call_out(FRAC, (input,), out)


def _frac_spec(x):
    refuse(x, "frac", "biuc")
    return same_spec(x)


def _frac_eager(backend, x):
    refuse(x, "frac", "biuc")
    return backend.np.subtract(x, backend.np.trunc(x))


def _frac_grad(g):
    return g


def _frac_lower(k, x):
    return k.sub(x, k.trunc(x))


FRAC = define(
    "frac", eager=_frac_eager, spec=_frac_spec, grad=_frac_grad, lower=_frac_lower
)
expose(frac, inplace=FRAC)
