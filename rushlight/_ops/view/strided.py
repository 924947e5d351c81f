"""Any regular region of memory: as_strided."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import attach
from rushlight._ops._memory import memory_of_array, overlaps, region
from rushlight._ops.view.inplace import inplace_view

# ------------------------------------------------------------------------ as_strided


def as_strided(input, size, stride, storage_offset=None):
    """Any regular region of a tensor's memory.

    Args:
        input: the tensor that owns the memory (or a view of it).
        size: the sizes of the region.
        stride: for each dimension the step, in elements.
        storage_offset: where it begins, in elements from the memory's start;
            where input begins if left out.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the region leaves the memory.

    >>> import rushlight
    >>> rushlight.arange(5).as_strided((2, 2), (2, 1))
    tensor([[0, 1],
            [2, 3]])
    """
    return AS_STRIDED.short(
        input, **_strided_attrs(input, size, stride, storage_offset)
    )


def as_strided_(input, size, stride, storage_offset=None):
    """In-place form of `as_strided`: changes what ``input`` shows and returns it."""
    attrs = _strided_attrs(input, size, stride, storage_offset)
    return inplace_view(AS_STRIDED, input, **attrs)


def _strided_attrs(input, size, stride, offset):
    source = None
    if input._edge is not None:  # Note [Strided gradient]
        source = (input.stride(), input.storage_offset())
    return {
        "size": as_shape((size,), "as_strided()"),
        "stride": as_shape((stride,), "as_strided()"),
        "storage_offset": offset,
        "source": source,
    }


def _as_strided_spec(x, *, size, stride, storage_offset, source):
    if len(size) != len(stride):
        raise ShapeError(
            explain(
                "as_strided()",
                expected="as many strides as sizes",
                got=f"mismatch in length: {list(stride)} and {list(size)}",
                do="Give one stride for each size.",
            )
        )
    if any(step < 0 for step in stride) or (storage_offset or 0) < 0:
        raise ArgumentRuntimeError(
            explain(
                "as_strided()",
                expected="strides and a storage offset that are not negative",
                got=f"strides {list(stride)}, offset {storage_offset}",
                do="Use .flip(dim) to reverse.",
            )
        )
    return Spec(size, x.dtype)


def _as_strided_eager(backend, x, *, size, stride, storage_offset, source):
    _as_strided_spec(
        x, size=size, stride=stride, storage_offset=storage_offset, source=None
    )
    owner, start = memory_of_array(x)
    offset = start if storage_offset is None else storage_offset * x.itemsize
    strides = tuple([step * x.itemsize for step in stride])
    last = sum([(n - 1) * s for n, s in zip(size, strides, strict=True)])
    if 0 not in size and offset + last >= owner.nbytes:
        raise ShapeError(
            explain(
                "as_strided()",
                expected=f"a region within {owner.size} elements of memory",
                got=f"size {list(size)}, stride {list(stride)}, offset "
                f"{offset // x.itemsize}, which is out of bounds",
                do="Check the strides; they are in elements.",
            )
        )
    return region(owner, size, strides, offset)


# Note [Strided gradient]
# The region is named in the memory's own terms, not in input's.  So the gradient is
# first laid over a stretch of memory that holds both (added up where elements of the
# region share memory), and then read where input lies.  An element of input that has
# its memory in common with others gets its share, as in torch.


def _as_strided_grad(g, *, x_shape, size, stride, storage_offset, source):
    offset = source[1] if storage_offset is None else storage_offset
    return _as_strided_gradient(g, x_shape, source, stride, offset)


AS_STRIDED = define(
    "as_strided",
    eager=_as_strided_eager,
    spec=_as_strided_spec,
    grad=_as_strided_grad,
    view=True,
)
expose(as_strided)
expose(as_strided_)


def _as_strided_gradient(g, shape, source, stride, offset):
    """The gradient of as_strided: for the engine, which makes such views itself."""
    return STRIDED_PLACE.short(
        g, shape=shape, stride=stride, offset=offset, source=source
    )


attach("_as_strided_gradient", _as_strided_gradient)


def _places(np_, shape, stride, offset):
    """The place in memory of every element of a region."""
    where = np_.full((1,) * len(shape), offset)
    for dim, (n, step) in enumerate(zip(shape, stride, strict=True)):
        where = where + (np_.arange(n) * step).reshape(
            (-1,) + (1,) * (len(shape) - dim - 1)
        )
    return where


def _strided_place_spec(g, *, shape, stride, offset, source):
    return Spec(shape, g.dtype)


def _strided_place_eager(backend, g, *, shape, stride, offset, source):
    np_ = backend.np
    last = max(_reach(g.shape, stride, offset), _reach(shape, *source))
    memory = np_.zeros(last, g.dtype)
    if overlaps(g.shape, stride):
        np_.add.at(memory, _places(np_, g.shape, stride, offset), g)
    elif g.size:
        _region(memory, g.shape, stride, offset)[...] = g
    if overlaps(shape, source[0]):
        places = _places(np_, shape, *source)
        shared = np_.bincount(places.reshape(-1), minlength=last)
        memory /= np_.maximum(shared, 1).astype(g.dtype)
        return memory[places]
    return _region(memory, shape, *source).copy("C")


def _reach(shape, stride, offset):
    """How many elements from the memory's start a region reaches."""
    if 0 in shape:
        return 0
    return 1 + offset + sum([(n - 1) * s for n, s in zip(shape, stride, strict=True)])


def _region(memory, shape, stride, offset):
    item = memory.itemsize
    return region(memory, shape, [step * item for step in stride], offset * item)


def _strided_place_grad(g, *, g_shape, stride, offset, source):
    return _as_strided_gradient(g, g_shape, (stride, offset), *source)


STRIDED_PLACE = define(
    "strided_place",
    inputs="g",
    eager=_strided_place_eager,
    spec=_strided_place_spec,
    grad=_strided_place_grad,
)
