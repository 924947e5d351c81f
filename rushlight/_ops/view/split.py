"""Views of parts: split, chunk, unbind."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    OutOfRangeError,
    explain,
)
from rushlight._base.shape import as_index, wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call_many
from rushlight._core.expose import TORCH, expose
from rushlight._core.table import define

# ----------------------------------------------------------------------------- split


def split(input, split_size_or_sections, dim=0):
    """Parts of a dimension, of one size (the last may be smaller) or of given sizes.

    Args:
        input: (*), any dtype.
        split_size_or_sections: the size of each part, or all sizes as a sequence.
        dim: the dimension.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where sizes do not sum up to the dimension's, or are negative.

    >>> import rushlight
    >>> rushlight.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if isinstance(split_size_or_sections, (list, tuple)):
        return split_with_sizes(input, split_size_or_sections, dim)
    shape = input._array.shape
    if not shape:
        raise no_dims("split()")
    dim = wrap_dim(dim, len(shape), "split()")
    size = as_index(split_size_or_sections, "split()", "split_size")
    if size < 0 or (size == 0 and shape[dim]):
        raise ArgumentRuntimeError(
            explain(
                "split()",
                expected="a positive split_size (it can only be 0 if the dimension "
                "size is 0)",
                got=f"split_size={size} for dimension size {shape[dim]}",
                do="Give the size of a part.",
            )
        )
    return _split(input, size, dim, max(1, -(-shape[dim] // size) if size else 1))


def _split(input, size, dim, count):
    length = input._array.shape[dim]
    sizes = [size] * (count - 1) + [length - size * (count - 1)]
    return call_many(SPLIT, input, sizes=tuple(sizes), dim=dim, form="Split")


def no_dims(who):
    """The error for a tensor without dimensions."""
    return ArgumentRuntimeError(
        explain(
            who,
            expected="at least a 1-dimensional tensor",
            got="a tensor with 0 dims",
            do="Use .unsqueeze(0) first.",
        )
    )


def split_with_sizes(input, split_sizes, dim=0):
    """Parts of a dimension, of given sizes.

    Args:
        input: (*), any dtype.
        split_sizes: the sizes of the parts.
        dim: the dimension.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where the sizes do not sum up to the dimension's.

    >>> import rushlight
    >>> rushlight.arange(3).split_with_sizes([1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    shape = input._array.shape
    if not shape:
        raise no_dims("split_with_sizes()")
    dim = wrap_dim(dim, len(shape), "split()")
    sizes = tuple([as_index(s, "split()", "split_sizes") for s in split_sizes])
    if any(size < 0 for size in sizes) or sum(sizes) != shape[dim]:
        raise ArgumentRuntimeError(
            explain(
                "split_with_sizes()",
                expected=f"non-negative sizes that sum exactly to {shape[dim]} (input "
                f"tensor's size at dimension {dim})",
                got=f"split_sizes={list(sizes)}",
                do="Make the last one fit.",
            )
        )
    return call_many(SPLIT, input, sizes=sizes, dim=dim, form="SplitWithSizes")


def chunk(input, chunks, dim=0):
    """A dimension in so many parts (or fewer) of one size; the last may be smaller.

    Args:
        input: (*), any dtype.
        chunks: how many parts.
        dim: the dimension.

    Returns:
        tuple of Tensor: views.

    Raises:
        RuntimeError: where chunks is not positive.

    >>> import rushlight
    >>> rushlight.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    shape = input._array.shape
    if not shape:
        raise no_dims("chunk()")
    chunks = as_index(chunks, "chunk()", "chunks")
    if chunks <= 0:
        raise ArgumentRuntimeError(
            explain(
                "chunk()",
                expected="`chunks` to be greater than 0",
                got=chunks,
                do="Ask for at least one.",
            )
        )
    dim = wrap_dim(dim, len(shape), "chunk()")
    size = -(-shape[dim] // chunks)
    if not size:
        return call_many(
            SPLIT, input, sizes=(0,) * chunks, dim=dim, form="SplitWithSizes"
        )
    return _split(input, size, dim, -(-shape[dim] // size))


def _split_spec(x, *, sizes, dim, form):
    return tuple(
        [Spec((*x.shape[:dim], size, *x.shape[dim + 1 :]), x.dtype) for size in sizes]
    )


def _split_eager(backend, x, *, sizes, dim, form):
    lead, parts, start = (slice(None),) * dim, [], 0
    for size in sizes:
        parts.append(x[(*lead, slice(start, start + size))])
        start += size
    return parts


def _split_grad(g, *, dim):
    return TORCH["cat"](g, dim)


def _split_lower(k, x, *, sizes, dim, form):
    lead, parts, start = (slice(None),) * dim, [], 0
    for size in sizes:
        parts.append(k.slice(x, (*lead, slice(start, start + size))))
        start += size
    return parts


SPLIT = define(
    "split",
    eager=_split_eager,
    spec=_split_spec,
    grad=_split_grad,
    lower=_split_lower,
    node=lambda inputs, attrs: attrs["form"] + "Backward0",
    many=True,
    view=True,
)
expose(split, aliases=["unsafe_split"])
expose(split_with_sizes, aliases=["unsafe_split_with_sizes"])
expose(chunk, aliases=["unsafe_chunk"])

# ---------------------------------------------------------------------------- unbind


def unbind(input, dim=0):
    """All slices of a dimension, which is dropped.

    Args:
        input: (*), at least one dimension, any dtype.
        dim: the dimension.

    Returns:
        tuple of Tensor: views.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).unbind()
    (tensor([1, 2]), tensor([3, 4]))
    """
    shape = input._array.shape
    if not shape:
        raise OutOfRangeError(
            explain(
                "unbind()",
                expected="at least one dimension",
                got=f"dimension {dim} of a tensor that has no dimensions",
                do="Use .item().",
            )
        )
    return call_many(UNBIND, input, dim=wrap_dim(dim, len(shape), "unbind()"))


def _unbind_spec(x, *, dim):
    part = Spec((*x.shape[:dim], *x.shape[dim + 1 :]), x.dtype)
    return (part,) * x.shape[dim]


def _unbind_eager(backend, x, *, dim):
    lead = (slice(None),) * dim
    return [x[(*lead, i, ...)] for i in range(x.shape[dim])]


def _unbind_grad(g, *, dim):
    return TORCH["stack"](g, dim)


def _unbind_lower(k, x, *, dim):
    lead = (slice(None),) * dim
    return [k.slice(x, (*lead, i)) for i in range(x.shape[dim])]


UNBIND = define(
    "unbind",
    eager=_unbind_eager,
    spec=_unbind_spec,
    grad=_unbind_grad,
    many=True,
    view=True,
    lower=_unbind_lower,
)
expose(unbind)
