"""Sizes: torch.Size, dimension numbers, broadcasting, shape arguments."""

from rushlight._base.errors import (
    ArgumentTypeError,
    OutOfRangeError,
    ShapeError,
    explain,
)


class Size(tuple):
    """A tensor's sizes, one for each dimension; a tuple that prints as torch's.

    >>> Size((2, 3)).numel(), Size((2, 3))
    (6, torch.Size([2, 3]))
    """

    __slots__ = ()

    def numel(self):
        """The number of elements: the product of the sizes."""
        return numel(self)

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other):
        return Size(tuple.__add__(self, tuple(other)))

    def __radd__(self, other):
        return Size(tuple(other) + tuple(self))

    def __mul__(self, count):
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __reduce__(self):
        return (Size, (tuple(self),))


def numel(shape):
    """The product of the sizes (1 for an empty shape)."""
    product = 1
    for size in shape:
        product *= size
    return product


def as_index(value, who, name):
    """An integer argument (a Python int, a NumPy integer or a 0-d tensor)."""
    if value.__class__ is int:  # a symbolic one stays as it is
        return value
    try:
        if value is not True and value is not False:
            return value.__index__()
    except (AttributeError, TypeError):
        pass
    raise ArgumentTypeError(
        explain(
            who,
            expected=f"an int for '{name}'",
            got=f"{value!r} ({type(value).__name__})",
            do="Convert it with int().",
        )
    )


def as_shape(sizes, who="size"):
    """The shape that a variadic ``*size`` argument means: ``(2, 3)`` or ``((2, 3),)``.

    Args:
        sizes: the tuple of the positional arguments.
        who: the function's name, for the error.

    Returns:
        A tuple of ints.
    """
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    for size in sizes:
        if size.__class__ is not int:
            return tuple(as_index(size, who, "size") for size in sizes)
    return sizes


def wrap_dim(dim, ndim, who="dim"):
    """A dimension number in ``range(ndim)`` from one that may be negative.

    Raises:
        IndexError: where it is out of range (a 0-d tensor takes 0 and -1).
    """
    span = ndim or 1
    if dim.__class__ is not int:
        dim = as_index(dim, who, "dim")
    if -span <= dim < span:
        return dim + span if dim < 0 else dim
    raise OutOfRangeError(
        explain(
            who,
            expected=f"a dimension in the range [{-span}, {span - 1}]",
            got=dim,
            do=f"The tensor has {ndim} dimensions.",
        )
    )


def wrap_dims(dim, ndim, who="dim"):
    """A tuple of dimension numbers from None, an int or a sequence of ints."""
    if dim is None:
        return tuple(range(ndim))
    if not isinstance(dim, (tuple, list)):
        return (wrap_dim(dim, ndim, who),)
    dims = tuple(wrap_dim(d, ndim, who) for d in dim)
    if len(set(dims)) != len(dims):
        raise ShapeError(
            explain(
                who,
                expected="each dimension once",
                got=tuple(dim),
                do="Remove the repeated one.",
            )
        )
    return dims


def broadcast_shapes(*shapes):
    """The shape that these shapes broadcast to.

    Args:
        shapes: tuples of ints (or single ints).

    Returns:
        Size: each size is the one that is not 1; missing leading sizes count as 1.

    Raises:
        RuntimeError: where two sizes differ and neither is 1.

    >>> broadcast_shapes((3, 1), (4,))
    torch.Size([3, 4])
    """
    each = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    width = max(map(len, each), default=0)
    result = [1] * width
    for shape in each:
        for offset, size in enumerate(reversed(shape), start=1):
            if size == 1 or result[-offset] == size:
                continue
            if result[-offset] != 1:
                raise ShapeError(_no_broadcast(each, width - offset))
            result[-offset] = size
    return Size(result)


def _no_broadcast(shapes, dim):
    return explain(
        "broadcasting",
        expected=f"sizes that are equal or 1 in dimension {dim}",
        got=" and ".join(str(list(s)) for s in shapes),
        do="Shapes are compared from the last dimension; reshape, transpose or "
        "unsqueeze one operand.",
    )


def reduced_shape(shape, dims, keepdim):
    """The shape after reducing over dims (already wrapped)."""
    if keepdim:
        return tuple(1 if i in dims else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in dims)
