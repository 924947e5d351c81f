"""Logarithms: log, log2, log10, log1p, and logaddexp, logaddexp2, xlogy."""

import math

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, SAME, define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops.specs import float_spec, pointwise_spec

# ------------------------------------------------------------------------------- log


def log(input, *, out=None):
    """The natural logarithm; -inf for 0, nan for negative numbers.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    Raises:
        TypeError: where input is no tensor.
        RuntimeError: for an ``out`` that cannot hold the result.

    >>> import rushlight
    >>> rushlight.log(rushlight.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    return LOG.short(input) if out is None else call_out(LOG, (input,), out)


def log2(input, *, out=None):
    """The logarithm to base 2.

    Args:
        input, out: as for `log`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.log2(rushlight.tensor([1, 8]))
    tensor([0., 3.])
    """
    return LOG2.short(input) if out is None else call_out(LOG2, (input,), out)


def log10(input, *, out=None):
    """The logarithm to base 10.

    Args:
        input, out: as for `log`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.log10(rushlight.tensor([1, 1000]))
    tensor([0., 3.])
    """
    return LOG10.short(input) if out is None else call_out(LOG10, (input,), out)


def log1p(input, *, out=None):
    """``log(1 + input)``, precise for small elements.

    Args:
        input, out: as for `log`.

    Returns:
        Tensor: same shape; integers and bool give the default float dtype.

    >>> import rushlight
    >>> rushlight.log1p(rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    return LOG1P.short(input) if out is None else call_out(LOG1P, (input,), out)


def _log10_eager(backend, x):
    """In double precision: in single, NumPy's log10 of 1000 is not 3."""
    if x.dtype.char == "f":
        return backend.np.log10(x.astype("float64")).astype("float32")
    return backend.np.log10(x)


def _log_grad(g, *, x):
    return g / x.conj()


def _log2_grad(g, *, x):
    return g / (x.conj() * math.log(2))


def _log10_grad(g, *, x):
    return g / (x.conj() * math.log(10))


def _log1p_grad(g, *, x):
    return g / (x + 1).conj()


def _log_lower(k, x):
    return k.log(x)


def _log2_lower(k, x):
    return k.div(k.log(x), k.const(math.log(2)))


def _log10_lower(k, x):
    return k.div(k.log(x), k.const(math.log(10)))


LOG = define(
    "log",
    eager="log",
    spec=float_spec,
    grad=_log_grad,
    lower=_log_lower,
    promote=FLOAT,
)
LOG2 = define(
    "log2",
    eager="log2",
    spec=float_spec,
    grad=_log2_grad,
    lower=_log2_lower,
    promote=FLOAT,
)
LOG10 = define(
    "log10",
    eager=_log10_eager,
    spec=float_spec,
    grad=_log10_grad,
    lower=_log10_lower,
    promote=FLOAT,
)


def _log1p_lower(k, x):
    return k.log1p(x)


LOG1P = define(
    "log1p",
    eager="log1p",
    spec=float_spec,
    grad=_log1p_grad,
    promote=FLOAT,
    node="Log1PBackward0",
    lower=_log1p_lower,
)
expose(log, inplace=LOG)
expose(log2, inplace=LOG2)
expose(log10, inplace=LOG10)
expose(log1p, inplace=LOG1P)

# ------------------------------------------------------------- logaddexp, logaddexp2


def logaddexp(input, other, *, out=None):
    """``log(e**input + e**other)`` without overflow on the way.

    Args:
        input, other: tensors of shapes that broadcast; float or complex.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> rushlight.logaddexp(rushlight.tensor([0.0]), rushlight.tensor([0.0]))
    tensor([0.6931])
    """
    return _addexp(LOGADDEXP, input, other, out)


def logaddexp2(input, other, *, out=None):
    """``log2(2**input + 2**other)`` without overflow on the way.

    Args:
        input, other, out: as for `logaddexp`; float.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.logaddexp2(rushlight.tensor([0.0]), rushlight.tensor([0.0]))
    tensor([1.])
    """
    return _addexp(LOGADDEXP2, input, other, out)


def _addexp(op, input, other, out):
    require_tensor(input, f"{op.name}()")
    require_tensor(other, f"{op.name}()", "other")
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _logaddexp_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "logaddexp", "biu")
    return spec


def _logaddexp2_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "logaddexp2", "biuc")
    return spec


def _logaddexp_eager(backend, x, y):
    np = backend.np
    refuse(x, "logaddexp", "biu")
    if x.dtype.kind != "c":
        return np.logaddexp(x, y)
    swap = x.real < y.real
    high, low = np.where(swap, y, x), np.where(swap, x, y)
    return high + np.log1p(np.exp(low - high))


def _logaddexp2_eager(backend, x, y):
    refuse(x, "logaddexp2", "biuc")
    return backend.np.logaddexp2(x, y)


def _logaddexp_grad(g, *, x, y):
    return g / (1 + (y - x).exp()).conj(), g / (1 + (x - y).exp()).conj()


def _logaddexp2_grad(g, *, x, y):
    return g / (1 + (y - x).exp2()), g / (1 + (x - y).exp2())


def _logaddexp_lower(k, x, y):
    high, low = k.max(x, y), k.min(x, y)
    found = k.add(high, k.log1p(k.exp(k.sub(low, high))))
    return k.where(k.eq(x, y), k.add(x, math.log(2)), found)


LOGADDEXP = define(
    "logaddexp",
    inputs="x y",
    eager=_logaddexp_eager,
    spec=_logaddexp_spec,
    grad=_logaddexp_grad,
    promote=SAME,
    lower=_logaddexp_lower,
    passes=100,
)
LOGADDEXP2 = define(
    "logaddexp2",
    inputs="x y",
    eager=_logaddexp2_eager,
    spec=_logaddexp2_spec,
    grad=_logaddexp2_grad,
    promote=SAME,
)
expose(logaddexp)
expose(logaddexp2)

# ----------------------------------------------------------------------------- xlogy


def xlogy(input, other, *, out=None):
    """``input * log(other)``, and 0 where input is 0, unless other is nan.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; any dtype but
            complex.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape; integers give the default float dtype.

    Raises:
        RuntimeError: for complex tensors, and where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.xlogy(rushlight.tensor([0.0, 2.0]), rushlight.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    op = XLOGY
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _xlogy_spec(x, y):
    spec = float_spec(x, y)
    refuse(spec, "xlogy", "c")
    return spec


def _xlogy_eager(backend, x, y):
    np = backend.np
    refuse(x, "xlogy", "c")
    y = np.asarray(y, x.dtype)
    result = np.multiply(x, np.log(y))
    return np.where((x == 0) & ~np.isnan(y), x.dtype.type(0), result)


def _xlogy_grad(g, *, x, y, needs):
    return (
        (g * _log_of(y)).where((x != 0) | (y > 0), 0) if needs[0] else None,
        g * x / y if needs[1] else None,
    )


def _log_of(y):
    if isinstance(y, Tensor):
        return y.log()
    return math.log(y) if y > 0 else (-math.inf if y == 0 else math.nan)


def _xlogy_node(inputs, attrs):
    if not hasattr(inputs[0], "_array"):
        return "XlogyBackward1"
    return "XlogyBackward0" if hasattr(inputs[1], "_array") else "XlogyBackward2"


def _xlogy_lower(k, x, y):
    known = k.and_(k.eq(x, 0), k.eq(y, y))
    return k.where(known, 0, k.mul(x, k.log(y)))


XLOGY = define(
    "xlogy",
    inputs="x y",
    eager=_xlogy_eager,
    spec=_xlogy_spec,
    grad=_xlogy_grad,
    promote=FLOAT,
    node=_xlogy_node,
    lower=_xlogy_lower,
)
expose(xlogy, inplace=XLOGY)
