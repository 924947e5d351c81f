"""Keeping within bounds: clamp, clamp_min, clamp_max."""

from rushlight._base.dtype import BOOL, COMPLEX
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    UnsupportedDtypeError,
    explain,
)
from rushlight._base.promote import result_dtype
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import SAME, define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._blocks import bounded
from rushlight._ops._values import element


def clamp(input, min=None, max=None, *, out=None):
    """Bring elements into [min, max]; max wins where min is greater.

    The gradient passes where the element was within its bounds, both included.

    Args:
        input: (*), any dtype but complex.
        min, max: numbers, or tensors of shapes that broadcast; one may be None.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where both bounds are None, for complex tensors, and where the
            shapes do not broadcast.
        TypeError: for one bound a tensor with dimensions and the other a number.

    >>> import rushlight
    >>> rushlight.clamp(rushlight.tensor([-1.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        min, max = _both_numbers(min, max)
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        if out is None:
            return call(CLAMP_TENSORS, input, min, max)
        return call_out(CLAMP_TENSORS, (input, min, max), out)
    if out is None:
        return CLAMP.short(input, min=min, max=max)
    return call_out(CLAMP, (input,), out, min=min, max=max)


def _both_numbers(low, high):
    """A 0-d tensor beside a number is taken as a number."""
    if low is None or high is None:
        return low, high
    if isinstance(low, Tensor) and isinstance(high, Tensor):
        return low, high
    found = []
    for name, bound in (("min", low), ("max", high)):
        if isinstance(bound, Tensor):
            if bound._array.shape:
                raise ArgumentTypeError(
                    explain(
                        "clamp()",
                        expected="both bounds to be tensors, or both numbers",
                        got=f"'{name}' of shape {list(bound.shape)} and a number",
                        do="Convert the number with torch.tensor.",
                    )
                )
            bound = bound.item()
        found.append(bound)
    return tuple(found)


def clamp_min(input, min, *, out=None):
    """Raise elements below a bound to it.

    Args:
        input, min, out: as for `clamp`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.clamp_min(rushlight.tensor([-1.0, 0.5]), 0)
    tensor([0.0000, 0.5000])
    """
    return _one_sided(CLAMP_MIN, CLAMP_MIN_TENSOR, input, min, out)


def clamp_max(input, max, *, out=None):
    """Lower elements above a bound to it.

    Args:
        input, max, out: as for `clamp`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.clamp_max(rushlight.tensor([-1.0, 0.5]), 0)
    tensor([-1.,  0.])
    """
    return _one_sided(CLAMP_MAX, CLAMP_MAX_TENSOR, input, max, out)


def _one_sided(op, tensor_op, input, bound, out):
    require_tensor(input, f"{op.name}()")
    if isinstance(bound, Tensor):
        inputs, attrs, op = (input, bound), {}, tensor_op
    else:
        inputs, attrs = (input,), {"bound": bound}
    if out is None:
        return call(op, *inputs, **attrs)
    return call_out(op, inputs, out, **attrs)


# ------------------------------------------------------------------ bounds: numbers


def _dtype_of(x, *bounds):
    dtype = result_dtype((x, *[b for b in bounds if b is not None]))
    if dtype.category == COMPLEX:
        raise UnsupportedDtypeError(
            explain(
                "clamp()",
                expected="real tensors and numbers",
                got="clamp is not supported for complex types",
                do="Clamp .real and .imag, or the size.",
            )
        )
    if dtype.category == BOOL and not any(hasattr(b, "dtype") for b in bounds):
        refuse(x, "clamp", "b")
    return dtype.numpy


def _clamp_spec(x, *, min, max):
    if min is None and max is None:
        raise ArgumentRuntimeError(
            explain(
                "clamp()",
                expected="a bound",
                got="neither: at least one of 'min' or 'max' must not be None",
                do="Pass min=, max= or both.",
            )
        )
    return Spec(x.shape, _dtype_of(x, min, max))


def _clamp_eager(backend, x, *, min, max):
    np = backend.np
    dtype = _clamp_spec(x, min=min, max=max).dtype
    x = x.astype(dtype, copy=False)
    return bounded(np, x, _bound(np, min, dtype), _bound(np, max, dtype))


def _bound(np, value, dtype):
    """A bound as the dtype has it; beyond a float's range it is infinite."""
    if value is None:
        return None
    if dtype.kind in "iu":
        return np.asarray(element(value, dtype, "clamp()"))
    return np.asarray(value).astype(dtype)


def _clamp_grad(g, *, x, min, max):
    if min is None or max is None:
        return g.where(x <= max if min is None else x >= min, 0)
    return g.where((x >= min) & (x <= max), 0)


def _clamp_lower(k, x, *, min, max):
    if min is not None:
        x = k.max(x, k.const(min))
    return x if max is None else k.min(x, k.const(max))


CLAMP = define(
    "clamp",
    eager=_clamp_eager,
    spec=_clamp_spec,
    grad=_clamp_grad,
    lower=_clamp_lower,
    node="ClampBackward1",
)
expose(clamp, inplace=True, aliases=["clip"])


def _bound_spec(x, *, bound):
    return Spec(x.shape, _dtype_of(x, bound))


def _min_eager(backend, x, *, bound):
    return _clamp_eager(backend, x, min=bound, max=None)


def _max_eager(backend, x, *, bound):
    return _clamp_eager(backend, x, min=None, max=bound)


def _min_grad(g, *, x, bound):
    return g.where(x >= bound, 0)


def _max_grad(g, *, x, bound):
    return g.where(x <= bound, 0)


def _min_lower(k, x, *, bound):
    return k.max(x, k.const(bound))


def _max_lower(k, x, *, bound):
    return k.min(x, k.const(bound))


CLAMP_MIN = define(
    "clamp_min",
    eager=_min_eager,
    spec=_bound_spec,
    grad=_min_grad,
    lower=_min_lower,
)
CLAMP_MAX = define(
    "clamp_max",
    eager=_max_eager,
    spec=_bound_spec,
    grad=_max_grad,
    lower=_max_lower,
)

# ------------------------------------------------------------------- bounds: tensors


def _tensors_spec(x, low=None, high=None):
    given = [b for b in (low, high) if b is not None]
    shape = broadcast_shapes(x.shape, *[b.shape for b in given])
    return Spec(shape, _dtype_of(x, low, high))


def _tensors_eager(backend, x, low, high):
    np = backend.np
    _dtype_of(x, low, high)
    if low is not None and high is not None:
        refuse(x, "clamp", "b")
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _tensors_grad(g, *, x, low, high, needs):
    if high is None:
        return *_min_tensor_grad(g, x=x, y=low), None
    if low is None:
        to_x, to_high = _max_tensor_grad(g, x=x, y=high)
        return to_x, None, to_high
    return (
        g.where((x >= low) & (x <= high), 0),
        g.where((low < high) & (x < low), 0) if needs[1] else None,
        g.where((x > high) | (high < low), 0) if needs[2] else None,
    )


def _min_tensor_eager(backend, x, y):
    return _tensors_eager(backend, x, y, None)


def _max_tensor_eager(backend, x, y):
    return _tensors_eager(backend, x, None, y)


def _min_tensor_grad(g, *, x, y):
    return g.where(x >= y, 0), g.where(x < y, 0)


def _max_tensor_grad(g, *, x, y):
    return g.where(x <= y, 0), g.where(x > y, 0)


def _max_of(k, x, y):
    return k.max(y, x)


def _min_of(k, x, y):
    return k.min(y, x)  # of two zeros the second, as NumPy's


def _tensors_lower(k, x, low, high):
    x = x if low is None else k.max(low, x)
    return x if high is None else k.min(high, x)


CLAMP_TENSORS = define(
    "clamp_tensors",
    inputs="x low high",
    eager=_tensors_eager,
    spec=_tensors_spec,
    grad=_tensors_grad,
    lower=_tensors_lower,
    promote=SAME,
    node="ClampBackward0",
)
CLAMP_MIN_TENSOR = define(
    "clamp_min_tensor",
    inputs="x y",
    eager=_min_tensor_eager,
    spec=_tensors_spec,
    grad=_min_tensor_grad,
    lower=_max_of,
    promote=SAME,
    node="ClampMinBackward1",
)
CLAMP_MAX_TENSOR = define(
    "clamp_max_tensor",
    inputs="x y",
    eager=_max_tensor_eager,
    spec=_tensors_spec,
    grad=_max_tensor_grad,
    lower=_min_of,
    promote=SAME,
    node="ClampMaxBackward1",
)
expose(clamp_min, inplace=True)
expose(clamp_max, inplace=True)
