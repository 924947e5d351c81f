"""Different elements: unique, unique_consecutive."""

from rushlight._base.errors import (
    OutOfRangeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops.sort.order import sorted_places


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements, or the different slices along a dimension, in order.

    Args:
        input: (*), bool, integers or float; every nan is different.
        sorted: in order; here they always are.
        return_inverse: also return where each element of input is in the result.
        return_counts: also return how often each occurs.
        dim: int, to compare slices along it; elements if left out.

    Returns:
        Tensor, or a tuple of it with the inverse (input's shape; with dim its size) and
        the counts, both int64, as asked for.

    Raises:
        NotImplementedError: for complex input, and by backward.
        RuntimeError: with dim, where another dimension has size 0.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 3]).unique(return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    require_tensor(input, "unique()")
    if dim is None:
        found = call(UNIQUE, input, inverse=bool(return_inverse))
    else:
        found = call(UNIQUE_DIM, input, dim=dim)
    return _asked(found, return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The elements (or slices along a dimension) that differ from the one before.

    Args:
        input: (*), bool, integers or float.
        return_inverse, return_counts, dim: as for `unique`.

    Returns:
        Tensor, or a tuple, as `unique` does.

    Raises:
        NotImplementedError: for complex input, and by backward.
        RuntimeError: with dim, where another dimension has size 0.
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.tensor([1, 1, 2, 1]).unique_consecutive()
    tensor([1, 2, 1])
    """
    require_tensor(input, "unique_consecutive()")
    found = call(UNIQUE_CONSECUTIVE, input, dim=dim)
    return _asked(found, return_inverse, return_counts)


def _asked(found, return_inverse, return_counts):
    values, inverse, counts = found
    if not (return_inverse or return_counts):
        return values
    result = (values,)
    result += (inverse,) if return_inverse else ()
    return result + ((counts,) if return_counts else ())


def _spec(x, **attrs):
    raise UnsupportedError(
        explain(
            "unique()",
            expected="data, on which the result's shape depends",
            got="a meta tensor",
            do="Run it on a CPU tensor.",
        )
    )


def _slices(np, x, dim, who):
    """The things to compare as a matrix, one to a row, and their old shape."""
    refuse(x, who, "c")
    if dim is None:
        return x.reshape(-1, 1)
    if not x.ndim:
        raise OutOfRangeError(
            explain(
                who,
                expected="a tensor with dimensions where 'dim' is given",
                got="none",
                do="Leave dim away.",
            )
        )
    dim = wrap_dim(dim, x.ndim, who)
    if x.size == 0 and x.shape[dim]:
        raise ShapeError(
            explain(
                who,
                expected="0 sized dimensions to be selected",
                got=f"shape {list(x.shape)} and dim {dim}",
                do="Check what emptied the tensor.",
            )
        )
    rows = np.moveaxis(x, dim, 0)
    return rows.reshape(len(rows), -1 if x.size else 1)


def _results(np, x, dim, order, rows):
    """(values, inverse, counts) from rows that stand in order."""
    new = np.ones(len(rows), bool)
    if len(rows):
        new[1:] = (rows[1:] != rows[:-1]).any(1)
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(rows)))
    inverse = np.empty(len(rows), "int64")
    inverse[order] = np.cumsum(new) - 1
    if dim is None:
        return x.reshape(-1)[order[starts]], inverse.reshape(x.shape), counts
    return np.take(x, order[starts], dim), inverse, counts


# Note [Different elements]
# Integers of a short range are counted in a table.  Others are sorted, and together
# with their places only where somebody asks for the inverse.

#: The table's size, at most, for each element.
_TABLE = 4


def _unique_eager(backend, x, *, inverse):
    """(values, inverse, counts); the inverse is empty where it was not asked for."""
    np = backend.np
    refuse(x, "unique()", "c")
    flat, none = x.reshape(-1), np.empty(0, "int64")
    if x.dtype.kind in "iu" and x.size:
        low, high = int(np.minimum.reduce(flat)), int(np.maximum.reduce(flat))
        if high - low < _TABLE * x.size and high < 2**62:
            return _counted(np, flat, low, inverse, x.shape)
    if inverse:
        return _unique_slices(backend, x, dim=None)
    ordered = np.sort(wide(flat))
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(ordered)))
    values = ordered[starts].astype(x.dtype, copy=False)
    zero = np.flatnonzero(values == 0) if x.dtype.kind == "f" else none
    if len(zero):  # of two zeros the first
        values[zero] = flat[np.argmax(flat == 0)]
    return values, none, counts


def _counted(np, flat, low, inverse, shape):
    moved = flat.astype("int64") - low
    table = np.bincount(moved)
    places = np.flatnonzero(table)
    values = (places + low).astype(flat.dtype)
    if not inverse:
        return values, np.empty(0, "int64"), table[places]
    ranks = np.cumsum(table > 0) - 1
    return values, ranks[moved].reshape(shape), table[places]


def _unique_slices(backend, x, *, dim):
    np = backend.np
    rows = _slices(np, x, dim, "unique()")
    if rows.shape[1] == 1:
        order = sorted_places(np, rows[:, 0], 0)
    else:
        order = np.lexsort(wide(rows).T[::-1])
    return _results(np, x, dim, order, rows[order])


def _unique_consecutive_eager(backend, x, *, dim):
    np = backend.np
    rows = _slices(np, x, dim, "unique_consecutive()")
    return _results(np, x, dim, np.arange(len(rows)), rows)


def _not_differentiable(name):
    def grad(g):
        raise UnsupportedError(
            explain(
                f"backward through {name}",
                expected="a function that has a gradient",
                got=f"the derivative for '{name}' is not implemented",
                do="Take it of x.detach(), and index x for values with a gradient.",
            )
        )

    return grad


def _define(name, eager, node):
    return define(
        name,
        eager=eager,
        spec=_spec,
        grad=_not_differentiable(name),
        many=True,
        node=node,
    )


UNIQUE = _define("_unique2", _unique_eager, "Unique2Backward0")
UNIQUE_DIM = _define("unique_dim", _unique_slices, "UniqueDimBackward0")
UNIQUE_CONSECUTIVE = _define(
    "unique_consecutive", _unique_consecutive_eager, "UniqueConsecutiveBackward0"
)
expose(unique)
expose(unique_consecutive)
