"""Reading and writing through masks: masked_fill, masked_select, masked_scatter."""

import numpy as np

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import FUNCTIONAL, expose
from rushlight._core.inplace import bump, inplace
from rushlight._core.state import STATE
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import same_dtype_out
from rushlight._ops._values import as_number, element
from rushlight._ops.index.along import check_tensor, depends_on_values


def _check_mask(mask, who):
    if mask.dtype.kind != "b":
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a boolean mask (only boolean masks are supported)",
                got=f"a mask with dtype {BY_NUMPY[mask.dtype]}",
                do="Convert it with .bool(), or compare.",
            )
        )


def _broadcast(np_, array, shape):
    return array if array.shape == shape else np_.broadcast_to(array, shape)


# ------------------------------------------------------------------------ masked_fill


def masked_fill(input, mask, value):
    """A copy with one value where a mask is True.

    Args:
        input: (*), any dtype.
        mask: bool, of a shape that broadcasts with input's.
        value: a number, or a tensor without dimensions.

    Returns:
        Tensor: of the broadcast shape, input's dtype.

    Raises:
        RuntimeError: for a mask that is not bool, or a value that does not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> x.masked_fill(x > 1, 0)
    tensor([1., 0.])
    """
    op, values, attrs = _fill_parts(input, mask, value)
    return call(op, input, mask, *values, **attrs)


def masked_fill_(input, mask, value):
    """In-place form of `masked_fill`: writes into ``input`` and returns it."""
    op, values, attrs = _fill_parts(input, mask, value)
    array = input._array
    if (
        array.__class__ is np.ndarray
        and input._edge is None
        and not STATE.special
        and not values
        and mask._array.dtype.kind == "b"
        and mask._array.__class__ is np.ndarray
        and (not array.strides or 0 not in array.strides)
    ):
        try:
            np.copyto(array, attrs["value"], where=mask._array)
            bump(input)
            return input
        except ValueError:  # the careful path words the error
            pass
    return inplace(op, input, mask, *values, **attrs)


def _fill_parts(input, mask, value):
    check_tensor(mask, "masked_fill()", "mask")
    if isinstance(value, Tensor):
        if value._array.shape:
            raise ArgumentRuntimeError(
                explain(
                    "masked_fill_()",
                    expected="a number or a 0-dimensional value tensor",
                    got=f"a tensor with {value.ndim} dimension(s)",
                    do="Use torch.where(mask, value, x).",
                )
            )
        if value.is_complex() and not input.is_complex() and value.is_cpu:
            element(value.item(), input._array.dtype, "masked_fill()")
        return MASKED_FILL, (value,), {}
    number = as_number(value, "masked_fill()")
    value = element(number, input._array.dtype, "masked_fill()")[()]
    return MASKED_FILL_NUMBER, (), {"value": value}


def _masked_fill_spec(x, mask, *others, value=None):
    _check_mask(mask, "masked_fill_()")
    return Spec(broadcast_shapes(x.shape, mask.shape), x.dtype)


def _masked_fill_eager(backend, x, mask, value):
    _check_mask(mask, "masked_fill_()")
    with np.errstate(all="ignore"):
        return backend.np.where(mask, value.astype(x.dtype), x)


def _masked_fill_number_eager(backend, x, mask, *, value):
    _check_mask(mask, "masked_fill_()")
    return backend.np.where(mask, value, x)


def _masked_fill_grad(g, *, mask, needs):
    x = g.masked_fill(mask, 0) if needs[0] else None
    if len(needs) < 3:
        return x, None
    return x, None, g.masked_fill(~mask, 0).sum() if needs[2] else None


def _masked_fill_lower(k, x, mask, *, value):
    return k.where(mask, k.const(value), x)


MASKED_FILL_NUMBER = define(
    "masked_fill",
    inputs="x mask",
    eager=_masked_fill_number_eager,
    spec=_masked_fill_spec,
    grad=_masked_fill_grad,
    lower=_masked_fill_lower,
    one_value=True,
)


def _masked_fill_tensor_lower(k, x, mask, value):
    return k.where(mask, k.cast(value, x.dtype), x)


MASKED_FILL = define(
    "masked_fill_tensor",
    inputs="x mask value",
    eager=_masked_fill_eager,
    spec=_masked_fill_spec,
    grad=_masked_fill_grad,
    node="MaskedFillBackward1",
    one_value=True,
    lower=_masked_fill_tensor_lower,
)
expose(masked_fill)
expose(masked_fill_, torch=False)

# ---------------------------------------------------------------------- masked_select


def masked_select(input, mask, *, out=None):
    """The elements where a mask is True, in one dimension.

    Args:
        input: (*), any dtype.
        mask: bool, of a shape that broadcasts with input's.
        out: tensor to write the result to.

    Returns:
        Tensor: (number of True,).

    Raises:
        RuntimeError: for a mask that is not bool.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> x.masked_select(x > 1)
    tensor([2.])
    """
    check_tensor(mask, "masked_select()", "mask")
    result = call(MASKED_SELECT, input, mask)
    if out is None:
        return result
    return same_dtype_out(result, out, "masked_select()")


def _masked_select_spec(x, mask):
    _check_mask(mask, "masked_select()")
    broadcast_shapes(x.shape, mask.shape)
    raise depends_on_values("masked_select()")


def _masked_select_eager(backend, x, mask):
    _check_mask(mask, "masked_select()")
    shape = tuple(broadcast_shapes(x.shape, mask.shape))
    np_ = backend.np
    return _broadcast(np_, x, shape)[_broadcast(np_, mask, shape)]


def _masked_select_grad(g, *, x_shape, mask):
    shape = tuple(broadcast_shapes(x_shape, mask.shape))
    return g.new_zeros(shape).masked_scatter(mask, g), None


MASKED_SELECT = define(
    "masked_select",
    inputs="x mask",
    eager=_masked_select_eager,
    spec=_masked_select_spec,
    grad=_masked_select_grad,
)
expose(masked_select)

# --------------------------------------------------------------------- masked_scatter


def masked_scatter(input, mask, source):
    """A copy with source's elements, in order, where a mask is True.

    Args:
        input: (*), any dtype.
        mask: bool, of a shape that broadcasts with input's.
        source: at least as many elements as the mask has True, input's dtype.

    Returns:
        Tensor: of the broadcast shape, input's dtype.

    Raises:
        RuntimeError: where the mask is not bool, or source is too short.

    >>> import rushlight
    >>> mask = rushlight.tensor([False, True, True])
    >>> rushlight.zeros(3).masked_scatter(mask, rushlight.tensor([1.0, 2.0]))
    tensor([0., 1., 2.])
    """
    check_tensor(mask, "masked_scatter()", "mask")
    check_tensor(source, "masked_scatter()", "source")
    return call(MASKED_SCATTER, input, mask, source)


def masked_scatter_(input, mask, source):
    """In-place form of `masked_scatter`: writes into ``input`` and returns it."""
    check_tensor(mask, "masked_scatter_()", "mask")
    check_tensor(source, "masked_scatter_()", "source")
    return inplace(MASKED_SCATTER, input, mask, source)


def _masked_scatter_spec(x, mask, source):
    _check_mask(mask, "masked_scatter_()")
    if source.dtype != x.dtype:
        raise DtypeError(
            explain(
                "masked_scatter_()",
                expected=f"self and source to have same dtypes, {BY_NUMPY[x.dtype]}",
                got=BY_NUMPY[source.dtype],
                do="Convert the source with .to(x.dtype).",
            )
        )
    return Spec(broadcast_shapes(x.shape, mask.shape), x.dtype)


def _masked_scatter_eager(backend, x, mask, source):
    spec, np_ = _masked_scatter_spec(x, mask, source), backend.np
    whole = np_.empty(spec.shape, x.dtype)
    whole[...] = x
    mask = _broadcast(np_, mask, spec.shape)
    count = int(np_.count_nonzero(mask))
    if count > source.size:
        raise ArgumentRuntimeError(
            explain(
                "masked_scatter_()",
                expected=f"a source of at least {count} elements, the number of ones "
                "in mask",
                got=source.size,
                do="Give one element for each True.",
            )
        )
    whole[mask] = source.reshape(-1)[:count]
    return whole


def _masked_scatter_grad(g, *, mask, source_shape, needs):
    x = g.masked_fill(mask, 0) if needs[0] else None
    source = None
    if needs[2]:
        found, count = g.masked_select(mask), 1
        for size in source_shape:
            count *= size
        if found.numel() < count:
            found = FUNCTIONAL["pad"](found, (0, count - found.numel()))
        source = found.reshape(source_shape)
    return x, None, source


MASKED_SCATTER = define(
    "masked_scatter",
    inputs="x mask source",
    eager=_masked_scatter_eager,
    spec=_masked_scatter_spec,
    grad=_masked_scatter_grad,
)
expose(masked_scatter)
expose(masked_scatter_, torch=False)
