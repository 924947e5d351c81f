"""Differences and areas: diff, trapezoid, cumulative_trapezoid."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index, wrap_dim
from rushlight._core.expose import TORCH, expose
from rushlight._ops._arguments import refuse, renamed, require_tensor, to_out

# -------------------------------------------------------------------------------- diff


def diff(input, n=1, dim=-1, prepend=None, append=None, *, out=None, **numpy):
    """The differences of neighbours along a dimension, taken n times.

    Args:
        input: (*), any dtype; for bool the difference is "not equal".
        n: how many times.
        dim: int.
        prepend, append: tensors to put before and after, like input but for dim.
        out: tensor to write the result to.

    Returns:
        Tensor: dim is smaller by n (at least 0).

    Raises:
        RuntimeError: for a tensor without dimensions, or negative n.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1, 4, 9]).diff()
    tensor([3, 5])
    """
    if numpy:
        given = {"n": n, "dim": dim, "prepend": prepend, "append": append}
        return renamed(diff, numpy, input, out=out, **given)
    require_tensor(input, "diff()")
    if not input.ndim or as_index(n, "diff()", "n") < 0:
        raise ArgumentRuntimeError(
            explain(
                "diff()",
                expected="an input of at least one dimension and an n of at least 0",
                got=f"{input.ndim} dimensions and n={n}",
                do="Reshape the input.",
            )
        )
    dim = wrap_dim(dim, input.ndim, "diff()")
    parts = [p for p in (prepend, input, append) if p is not None]
    result = parts[0] if len(parts) == 1 else TORCH["cat"](parts, dim)
    if n == 0:
        result = input.clone()
    for _ in range(min(n, result.shape[dim])):
        high, low = _neighbours(result, dim)
        result = high != low if result._array.dtype.kind == "b" else high - low
    return result if out is None else to_out(result, out, "diff()")


def _neighbours(t, dim):
    """All layers along dim but the first, and all but the last."""
    last = max(t.shape[dim] - 1, 0)
    return t.narrow(dim, t.shape[dim] - last, last), t.narrow(dim, 0, last)


expose(diff)

# --------------------------------------------------------------------------- trapezoid


def trapezoid(y, x=None, *, dx=None, dim=-1, **numpy):
    """The area under points along a dimension, by the trapezoidal rule.

    Args:
        y: (*), the heights; integers or float.
        x: the places of the points, one for each along dim, or a tensor that
            broadcasts with y.
        dx: the distance of the points, where x is left out; 1 if that is too.
        dim: int.

    Returns:
        Tensor: y's shape without dim; integers give the default float.

    Raises:
        RuntimeError: for bool, or an x that does not fit.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.trapezoid(rushlight.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    if numpy:
        return renamed(trapezoid, numpy, y, x, dx=dx, dim=dim)
    dim = _check_points(y, x, dx, dim, "trapezoid()")
    if x is not None:
        high, low = _neighbours(y, dim)
        return ((low + high) * _widths(y, x, dim)).sum(dim) / 2.0
    width = 1 if dx is None else dx
    if not y.shape[dim]:
        return y.sum(dim) * 1.0
    ends = (y.select(dim, 0) + y.select(dim, -1)) * 0.5
    return (y.sum(dim) - ends) * width


def cumulative_trapezoid(y, x=None, *, dx=None, dim=-1, **numpy):
    """The areas under points up to each one, by the trapezoidal rule.

    Args:
        y, x, dx, dim: as for `trapezoid`.

    Returns:
        Tensor: y's shape, dim smaller by 1.

    Raises:
        RuntimeError: for bool, or an x that does not fit.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.cumulative_trapezoid(rushlight.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    if numpy:
        return renamed(cumulative_trapezoid, numpy, y, x, dx=dx, dim=dim)
    dim = _check_points(y, x, dx, dim, "cumulative_trapezoid()")
    high, low = _neighbours(y, dim)
    if x is not None:
        return (_widths(y, x, dim) * (low + high)).cumsum(dim) / 2.0
    width = 1 if dx is None else dx
    return (width / 2.0 * (low + high)).cumsum(dim)


def _check_points(y, x, dx, dim, who):
    """The dim, counted from 0, of arguments that fit."""
    require_tensor(y, who, "y")
    dim = wrap_dim(dim, y.ndim, who)
    refuse(y._array, who, "b", DtypeError)
    if x is not None and dx is not None:
        raise ArgumentTypeError(
            explain(who, expected="x or dx", got="both", do="Leave dx away.")
        )
    if x is not None:
        require_tensor(x, who, "x")
        refuse(x._array, who, "b", DtypeError)
    if not y.ndim:
        raise OutOfRangeError(
            explain(
                who,
                expected="a tensor with dimensions",
                got="none",
                do="One point has no area.",
            )
        )
    return dim


def _widths(y, x, dim):
    """The distances of the points, in a shape that broadcasts with y's."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[dim]:
            raise ShapeError(
                explain(
                    "trapezoid()",
                    expected=f"one value of x for each of {y.shape[dim]} in y",
                    got=f"{x.shape[0]}",
                    do="Give x the size of y's dim.",
                )
            )
        x = x.reshape([-1 if d == dim else 1 for d in range(y.ndim)])
    elif x.ndim < y.ndim:
        x = x.reshape((1,) * (y.ndim - x.ndim) + tuple(x.shape))
    high, low = _neighbours(x, dim)
    return high - low


expose(trapezoid, method=False, aliases=["trapz"])
expose(cumulative_trapezoid, method=False)
