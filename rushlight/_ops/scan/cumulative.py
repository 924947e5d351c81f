"""Running totals: cumsum, cumprod, logcumsumexp.

# Note [Wide totals]
# As torch does on a CPU, float32 is added up in float64 and half precision in float32:
# over a long dimension the errors of a running total would show.
"""

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.limits import finfo
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, to_out
from rushlight._ops._values import as_dtype

_WIDER = {
    "float32": "float64",
    "float16": "float32",
    "bfloat16": "float32",
    "complex64": "complex128",
}


def _wider(dtype):
    """The dtype in which a running total is kept (Note [Wide totals])."""
    name = BY_NUMPY[dtype].name
    return _WIDER.get(name, dtype)


def _total_dtype(x, dtype):
    if dtype is not None:
        return dtype.numpy
    return x.dtype if BY_NUMPY[x.dtype].category >= 2 else dtypes.int64.numpy


def _accumulated(np, name, x, dim, who, dtype, reverse=False):
    """A running total along dim, of the result's dtype."""
    dim = wrap_dim(dim, x.ndim, who)
    if x.dtype.kind == "c" and dtype.kind != "c":
        x = x.real
    if x.dtype != dtype:
        x = x.astype(dtype)
    if not x.ndim:
        return x.copy()
    if reverse:
        x = np.flip(x, dim)
    total = getattr(np, name).accumulate(x, dim, _wider(dtype))
    total = total.astype(dtype, "C", copy=False)
    return np.flip(total, dim) if reverse else total


# ------------------------------------------------------------------------------ cumsum


def cumsum(input, dim=None, *, dtype=None, out=None, **numpy):
    """The sums of all elements up to each one, along a dimension.

    Args:
        input: (*), any dtype.
        dim: int.
        dtype: to convert to before summing (bool and integers: int64).
        out: tensor to write the result to.

    Returns:
        Tensor: the same shape.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1, 2, 3]).cumsum(0)
    tensor([1, 3, 6])
    """
    if numpy:
        return renamed(cumsum, numpy, input, dim=dim, dtype=dtype, out=out)
    dtype = dtype if dtype is None else as_dtype(dtype, "cumsum()")
    result = CUMSUM.short(input, dim=dim, dtype=dtype, reverse=False)
    return result if out is None else to_out(result, out, "cumsum()")


def _cumsum_spec(x, *, dim, dtype, reverse):
    wrap_dim(dim, len(x.shape), "cumsum()")
    return Spec(x.shape, _total_dtype(x, dtype))


def _cumsum_eager(backend, x, *, dim, dtype, reverse):
    dtype = _total_dtype(x, dtype)
    return _accumulated(backend.np, "add", x, dim, "cumsum()", dtype, reverse)


def _cumsum_grad(g, *, dim, reverse):
    return CUMSUM.short(g, dim=dim, dtype=None, reverse=not reverse)


CUMSUM = define(
    "cumsum",
    eager=_cumsum_eager,
    spec=_cumsum_spec,
    grad=_cumsum_grad,
    passes=28,
)

# ----------------------------------------------------------------------------- cumprod


def cumprod(input, dim=None, *, dtype=None, out=None, **numpy):
    """The products of all elements up to each one, along a dimension.

    Args:
        input: (*), any dtype.
        dim, dtype, out: as for `cumsum`.

    Returns:
        Tensor: the same shape.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1, 2, 3]).cumprod(0)
    tensor([1, 2, 6])
    """
    if numpy:
        return renamed(cumprod, numpy, input, dim=dim, dtype=dtype, out=out)
    dtype = dtype if dtype is None else as_dtype(dtype, "cumprod()")
    result = CUMPROD.short(input, dim=dim, dtype=dtype)
    return result if out is None else to_out(result, out, "cumprod()")


def _cumprod_spec(x, *, dim, dtype):
    wrap_dim(dim, len(x.shape), "cumprod()")
    return Spec(x.shape, _total_dtype(x, dtype))


def _cumprod_eager(backend, x, *, dim, dtype):
    dtype = _total_dtype(x, dtype)
    return _accumulated(backend.np, "multiply", x, dim, "cumprod()", dtype)


# Note [Gradient of cumprod]
# y_i is the product of x_0 to x_i, so x_k's gradient is the product of those before it
# times s_k = g_k + x_(k+1) s_(k+1): a recurrence, which divides by nothing and so is
# right where elements are zero.


def _cumprod_grad(g, *, x, dim, dtype):
    shape = x._array.shape
    if not shape or not shape[dim]:
        return g
    if dtype is not None:
        x = x.to(dtype)
    x = x.conj() if x._array.dtype.kind == "c" else x
    rest = call(RECURRENCE, g, x, dim=dim, reverse=True)
    if shape[dim] == 1:
        return rest
    before = x.narrow(dim, 0, shape[dim] - 1).cumprod(dim)
    return _behind(before, dim, 1) * rest


def _behind(t, dim, value):
    """A tensor with a layer of one value put before its first along dim."""
    layer = list(t._array.shape)
    layer[dim] = 1
    first = t.new_ones(layer) if value else t.new_zeros(layer)
    return TORCH["cat"]((first, t), dim)


CUMPROD = define(
    "cumprod",
    eager=_cumprod_eager,
    spec=_cumprod_spec,
    grad=_cumprod_grad,
    passes=28,
)


def _recurrence_spec(g, a, *, dim, reverse):
    return Spec(g.shape, g.dtype)


def _recurrence_eager(backend, g, a, *, dim, reverse):
    """``s[k] = g[k] + a[k] s[k-1]``; in reverse ``s[k] = g[k] + a[k+1] s[k+1]``."""
    dtype, wider = g.dtype, _wider(g.dtype)
    g = g.astype(wider).swapaxes(0, dim)
    a = a.astype(wider).swapaxes(0, dim)
    steps = range(len(g) - 2, -1, -1) if reverse else range(1, len(g))
    for k in steps:
        g[k] += a[k + 1] * g[k + 1] if reverse else a[k] * g[k - 1]
    return g.swapaxes(0, dim).astype(dtype)


def _recurrence_grad(g, *, a, out, dim, reverse):
    if a._array.dtype.kind == "c":
        a, out = a.conj(), out.conj()
    back = call(RECURRENCE, g, a, dim=dim, reverse=not reverse)
    last = a._array.shape[dim] - 1
    moved, other = (back, out) if reverse else (out, back)
    return back, _behind(moved.narrow(dim, 0, last), dim, 0) * other


RECURRENCE = define(
    "recurrence",
    inputs="g a",
    eager=_recurrence_eager,
    spec=_recurrence_spec,
    grad=_recurrence_grad,
)

# ------------------------------------------------------------------------ logcumsumexp


def logcumsumexp(input, dim=None, *, out=None, **numpy):
    """The logarithms of the sums of exponentials up to each element.

    Args:
        input: (*), float or complex.
        dim: int.
        out: tensor to write the result to.

    Returns:
        Tensor: the same shape and dtype.

    Raises:
        NotImplementedError: for bool and integers.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.zeros(3).logcumsumexp(0)
    tensor([0.0000, 0.6931, 1.0986])
    """
    if numpy:
        return renamed(logcumsumexp, numpy, input, dim=dim, out=out)
    result = LOGCUMSUMEXP.short(input, dim=dim, reverse=False)
    return result if out is None else to_out(result, out, "logcumsumexp()")


def _logcumsumexp_spec(x, *, dim, reverse):
    refuse(x, "logcumsumexp()", "biuU")
    wrap_dim(dim, len(x.shape), "logcumsumexp()")
    return Spec(x.shape, x.dtype)


def _logcumsumexp_eager(backend, x, *, dim, reverse):
    _logcumsumexp_spec(x, dim=dim, reverse=reverse)
    np, dtype = backend.np, x.dtype
    if not x.ndim or not x.size:
        return x.copy()
    x = np.flip(x, dim) if reverse else x
    wide = x.astype(_wider(dtype))
    with np.errstate(all="ignore"):
        if dtype.kind == "c":
            total = _complex_totals(np, wide, dim)
        else:
            total = np.logaddexp.accumulate(wide, dim)
    total = total.astype(dtype, copy=False)
    return np.flip(total, dim) if reverse else total


def _complex_totals(np, x, dim):
    lanes = x.swapaxes(0, dim).copy()
    for k in range(1, len(lanes)):
        one, two = lanes[k - 1], lanes[k]
        high, low = np.where(one.real > two.real, (one, two), (two, one))
        total = high + np.log1p(np.exp(low - high))
        lanes[k] = np.where(np.isneginf(high.real), high, total)
    return lanes.swapaxes(0, dim)


def _logcumsumexp_grad(g, *, x, out, dim, reverse):
    """In logarithms, so that nothing overflows; positive and negative parts apart."""

    def part(log):
        total = LOGCUMSUMEXP.short(log - out, dim=dim, reverse=not reverse)
        return (total + x).exp()

    if x._array.dtype.kind == "c":
        x, out = x.conj(), out.conj()
        return part(g.log())
    lowest = finfo(g.dtype).min
    positive = g.log().masked_fill(g <= 0, lowest)
    negative = (-g).log().masked_fill(g >= 0, lowest)
    return part(positive) - part(negative)


LOGCUMSUMEXP = define(
    "logcumsumexp",
    eager=_logcumsumexp_eager,
    spec=_logcumsumexp_spec,
    grad=_logcumsumexp_grad,
)
expose(cumsum, inplace=True)
expose(cumprod, inplace=True)
expose(logcumsumexp)
