"""The larger and the smaller of two: maximum, minimum, fmax, fmin."""

from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import SAME, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._select import zero_where
from rushlight._ops.specs import pointwise_spec, same_spec

# ------------------------------------------------------------------ maximum, minimum


def maximum(input, other, *, out=None):
    """The larger of two elements; nan where one is nan.

    The gradient goes to the larger one; equal ones take half each.

    Args:
        input, other: tensors of shapes that broadcast; any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: for complex tensors, and where the shapes do not broadcast.
        TypeError: for numbers (`clamp` takes them).

    >>> import rushlight
    >>> rushlight.maximum(rushlight.tensor([1, 5]), rushlight.tensor([3, 4]))
    tensor([3, 5])
    """
    return _extreme(MAXIMUM, input, other, out)


def minimum(input, other, *, out=None):
    """The smaller of two elements; nan where one is nan.

    Args:
        input, other, out: as for `maximum`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.minimum(rushlight.tensor([1, 5]), rushlight.tensor([3, 4]))
    tensor([1, 4])
    """
    return _extreme(MINIMUM, input, other, out)


def fmax(input, other, *, out=None):
    """The larger of two elements; nan only where both are nan.

    Equal ones give their gradient to ``input``.

    Args:
        input, other, out: as for `maximum`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> nan = float("nan")
    >>> rushlight.fmax(rushlight.tensor([1.0, nan]), rushlight.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    return _extreme(FMAX, input, other, out)


def fmin(input, other, *, out=None):
    """The smaller of two elements; nan only where both are nan.

    Args:
        input, other, out: as for `maximum`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> nan = float("nan")
    >>> rushlight.fmin(rushlight.tensor([1.0, nan]), rushlight.tensor([3.0, 4.0]))
    tensor([1., 4.])
    """
    return _extreme(FMIN, input, other, out)


def _extreme(op, input, other, out):
    require_tensor(input, f"{op.name}()")
    require_tensor(other, f"{op.name}()", "other")
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _extreme_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "maximum() and its like", "c")
    return spec


def _maximum_eager(backend, x, y):
    if x.dtype.kind == "c":
        refuse(x, "maximum", "c")
    return backend.np.maximum(x, y)


def _minimum_eager(backend, x, y):
    if x.dtype.kind == "c":
        refuse(x, "minimum", "c")
    return backend.np.minimum(x, y)


def _fmax_eager(backend, x, y):
    if x.dtype.kind == "c":
        refuse(x, "fmax", "c")
    return backend.np.fmax(x, y)


def _fmin_eager(backend, x, y):
    if x.dtype.kind == "c":
        refuse(x, "fmin", "c")
    return backend.np.fmin(x, y)


def _maximum_grad(g, *, x, y, needs):
    return _shares(g, x, y, needs, "less")


def _minimum_grad(g, *, x, y, needs):
    return _shares(g, x, y, needs, "greater")


def _shares(g, x, y, needs, loses):
    return (
        call(EXTREME_SHARE, g, x, y, loses=loses) if needs[0] else None,
        call(EXTREME_SHARE, g, y, x, loses=loses) if needs[1] else None,
    )


def _share_spec(g, x, y, *, loses):
    return same_spec(g)


def _share_eager(backend, g, x, y, *, loses):
    """g where x does not lose against y, and half of it where they tie."""
    np = backend.np
    out = np.empty(g.shape, g.dtype)
    zero_where(np, out, getattr(np, loses)(x, y), g)
    tie = np.equal(x, y)
    if tie.any():
        np.multiply(out, 1 - tie.astype(g.dtype) / 2, out=out)
    return out


def _share_grad(h, *, x, y, loses):
    return call(EXTREME_SHARE, h, x, y, loses=loses), None, None


EXTREME_SHARE = define(
    "extreme_share",
    inputs="g x y",
    eager=_share_eager,
    spec=_share_spec,
    grad=_share_grad,
    node="WhereBackward0",
)


def _fmax_grad(g, *, x, y):
    return _to_one(g, (x >= y) | y.isnan())


def _fmin_grad(g, *, x, y):
    return _to_one(g, (x <= y) | y.isnan())


def _to_one(g, x_wins):
    return g.where(x_wins, 0), g.where(~x_wins, 0)


def _maximum_lower(k, x, y):
    return k.max(y, x)  # of two zeros the second, as NumPy's


def _minimum_lower(k, x, y):
    return k.min(y, x)


MAXIMUM = define(
    "maximum",
    inputs="x y",
    eager=_maximum_eager,
    spec=_extreme_spec,
    grad=_maximum_grad,
    lower=_maximum_lower,
    promote=SAME,
)
MINIMUM = define(
    "minimum",
    inputs="x y",
    eager=_minimum_eager,
    spec=_extreme_spec,
    grad=_minimum_grad,
    lower=_minimum_lower,
    promote=SAME,
)


def _fmax_lower(k, x, y):
    return k.where(k.ne(x, x), y, k.where(k.ne(y, y), x, k.max(y, x)))


def _fmin_lower(k, x, y):
    return k.where(k.ne(x, x), y, k.where(k.ne(y, y), x, k.min(y, x)))


FMAX = define(
    "fmax",
    inputs="x y",
    eager=_fmax_eager,
    spec=_extreme_spec,
    grad=_fmax_grad,
    promote=SAME,
    lower=_fmax_lower,
)
FMIN = define(
    "fmin",
    inputs="x y",
    eager=_fmin_eager,
    spec=_extreme_spec,
    grad=_fmin_grad,
    promote=SAME,
    lower=_fmin_lower,
)
for _function in (maximum, minimum, fmax, fmin):
    expose(_function)
