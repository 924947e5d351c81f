"""A dimension in equal parts or cut at places: tensor_split, hsplit, vsplit, dsplit."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index, wrap_dim
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops.view.split import no_dims

# ---------------------------------------------------------------------- tensor_split


def tensor_split(input, indices_or_sections=None, dim=0, **named):
    """A dimension in so many parts of nearly one size, or cut at given places.

    Args:
        input: (*), any dtype.
        indices_or_sections: how many parts, or the places to cut (also by the names
            ``sections`` and ``indices``); a tensor of ints will do.
        dim: the dimension.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the number of parts is not positive.

    >>> import rushlight
    >>> rushlight.arange(5).tensor_split(3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    where = indices_or_sections
    for name in ("sections", "indices", "tensor_indices_or_sections"):
        where = named.pop(name, where)
    if where is None or named:
        raise TypeError(
            "tensor_split(): expected indices_or_sections, got "
            f"{', '.join(named) or 'nothing'}. Give the number of parts or the places."
        )
    shape = input._array.shape
    if not shape:
        raise no_dims("tensor_split()")
    dim = wrap_dim(dim, len(shape), "tensor_split()")
    if isinstance(where, Tensor):
        where = where.tolist()
    lead, cuts = (slice(None),) * dim, _cuts(where, shape[dim])
    return tuple([input[(*lead, slice(a, b))] for a, b in cuts])


def _cuts(where, size):
    """The (start, stop) of every part."""
    if isinstance(where, (list, tuple)):
        edges = [None, *[as_index(i, "tensor_split()", "indices") for i in where], None]
        return list(zip(edges, edges[1:], strict=False))
    count = as_index(where, "tensor_split()", "sections")
    if count <= 0:
        raise ArgumentRuntimeError(
            explain(
                "tensor_split()",
                expected="a number of sections larger than 0",
                got=count,
                do="Ask for at least one.",
            )
        )
    least, more = divmod(size, count)
    starts = [i * least + min(i, more) for i in range(count + 1)]
    return list(zip(starts, starts[1:], strict=False))


expose(tensor_split)


def hsplit(input, indices_or_sections):
    """Split along the second dimension (the first, if there is one only).

    Args:
        input: (*), at least one dimension, any dtype.
        indices_or_sections: how many equal parts, or the places to cut.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the dimension cannot be divided so.

    >>> import rushlight
    >>> rushlight.arange(4).hsplit(2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    dim = 1 if input._array.ndim > 1 else 0
    return _equal_split(input, indices_or_sections, dim, 1, "hsplit()")


def vsplit(input, indices_or_sections):
    """Split along the first dimension.

    Args:
        input: (*), at least two dimensions, any dtype.
        indices_or_sections: how many equal parts, or the places to cut.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the dimension cannot be divided so.

    >>> import rushlight
    >>> rushlight.ones(4, 1).vsplit(2)[0].shape
    torch.Size([2, 1])
    """
    return _equal_split(input, indices_or_sections, 0, 2, "vsplit()")


def dsplit(input, indices_or_sections):
    """Split along the third dimension.

    Args:
        input: (*), at least three dimensions, any dtype.
        indices_or_sections: how many equal parts, or the places to cut.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the dimension cannot be divided so.

    >>> import rushlight
    >>> rushlight.ones(1, 1, 4).dsplit(2)[0].shape
    torch.Size([1, 1, 2])
    """
    return _equal_split(input, indices_or_sections, 2, 3, "dsplit()")


def _equal_split(input, where, dim, least, who):
    shape = input._array.shape
    if len(shape) < least:
        raise ShapeError(
            explain(
                who,
                expected=f"a tensor with at least {least} dimension(s)",
                got=f"a tensor with {len(shape)} dimensions",
                do="Use .tensor_split(n, dim).",
            )
        )
    if not isinstance(where, (list, tuple)):
        where = as_index(where, who, "indices_or_sections")
        if where <= 0 or shape[dim] % where:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"a number that divides the size of dimension {dim}",
                    got=f"{shape[dim]}, not divisible by the split_size {where}",
                    do="Use .tensor_split(n, dim).",
                )
            )
    return tensor_split(input, where, dim)


expose(hsplit)
expose(vsplit)
expose(dsplit)
