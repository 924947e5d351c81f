"""The dims that a reduction runs over: for NumPy, for specs, for gradients."""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import OutOfRangeError, ShapeError, explain
from rushlight._base.shape import numel, reduced_shape, wrap_dim, wrap_dims
from rushlight._base.spec import Spec


def axis_of(x, dim, who):
    """torch's dim as NumPy's axis: None, an int or a tuple.

    An empty sequence means all dimensions; a tensor without dimensions takes 0 and -1.
    """
    if dim is None or (dim.__class__ is int and x.ndim):
        return dim
    if dim.__class__ is tuple and dim and x.ndim:
        return dim  # NumPy refuses what does not fit, and then the spec rule explains
    if x.ndim == 0:
        wrap_dims(dim, 0, who)
        return None
    if dim.__class__ is tuple or dim.__class__ is list:
        return wrap_dims(dim, x.ndim, who) or None
    return wrap_dim(dim, x.ndim, who)


def reduced_spec(x, dim, keepdim, who, dtype=None):
    """The spec of a reduction over dim (None or empty: all)."""
    dims = wrap_dims(dim, len(x.shape), who) or range(len(x.shape))
    return Spec(reduced_shape(x.shape, dims, keepdim), dtype or x.dtype)


def refuse_empty(x, dim, who, error=ShapeError):
    """Refuse to reduce no elements, where the reduction has no identity.

    Raises:
        IndexError: where a given dim has size 0.
        RuntimeError: (or `error`) where the tensor is empty and no dim is given.
    """
    if x.size:
        return
    dims = wrap_dims(dim, len(x.shape), who) if dim is not None else ()
    for d in dims if len(x.shape) else ():
        if x.shape[d] == 0:
            raise OutOfRangeError(
                explain(
                    who,
                    expected=f"reduction dim {d} to have non-zero size",
                    got=f"shape {list(x.shape)}",
                    do="Check what emptied the tensor.",
                )
            )
    if not dims:
        raise error(
            explain(
                who,
                expected="reduction dim to be specified for input.numel() == 0",
                got=f"shape {list(x.shape)} and no 'dim'",
                do="Specify the reduction dim with the 'dim' argument.",
            )
        )


def count_of(shape, dim):
    """How many elements go into each result."""
    if dim is None:
        return numel(shape)
    dims = wrap_dims(dim, len(shape)) or range(len(shape))
    return numel([shape[d] for d in dims]) if shape else 1


def restored(t, shape, dim, keepdim):
    """A reduced tensor with its reduced dimensions back, as size 1."""
    if dim is None or keepdim or not shape:
        return t
    dims = wrap_dims(dim, len(shape)) or range(len(shape))
    return t.reshape(reduced_shape(shape, dims, True))


def expand_reduced(g, shape, dim, keepdim):
    """A reduced gradient stretched back over the reduced dimensions, as a view."""
    return restored(g, shape, dim, keepdim).expand(shape)


def in_dtype(x, dtype):
    """An array converted to the ``dtype=`` argument, if that was given."""
    if dtype is None or x.dtype == dtype.numpy:
        return x
    if x.dtype.kind == "c" and dtype.numpy.kind != "c":
        x = x.real
    return x.astype(dtype.numpy)


def is_float(x):
    """Whether an array (or spec) is floating-point or complex."""
    return BY_NUMPY[x.dtype].category >= 2
