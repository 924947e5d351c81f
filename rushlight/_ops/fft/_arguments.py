"""Arguments of the transforms: dtypes, sizes, dimensions, norms."""

from rushlight._base import config
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentRuntimeError,
    DtypeError,
    OutOfRangeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._ops._arguments import require_tensor, scalar_name
from rushlight._ops._arrays import is_half

_FORWARD = {None: "none", "backward": "none", "ortho": "root", "forward": "all"}
_BACKWARD = {None: "all", "backward": "all", "ortho": "root", "forward": "none"}


def scale_of(norm, forward, who):
    """Note [Scales] of a torch norm.

    Raises:
        RuntimeError: for another name.
    """
    names = _FORWARD if forward else _BACKWARD
    if norm not in names:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="norm to be 'backward', 'ortho' or 'forward'",
                got=f"invalid normalization mode: {norm!r}",
                do="Correct the spelling.",
            )
        )
    return names[norm]


def floating(input, who, wants=None):
    """A tensor of a dtype that is transformed: integers become the default float.

    Args:
        input: the argument.
        who: the function, for messages.
        wants: "complex" to convert real numbers, "real" to refuse complex ones.

    Raises:
        RuntimeError: for half precision, or complex numbers where real ones are meant.
    """
    require_tensor(input, who)
    if is_half(input._array):
        raise DtypeError(
            explain(
                who,
                expected="float32, float64 or complex",
                got="unsupported dtype " + scalar_name(input._array.dtype),
                do="Convert it with .float().",
            )
        )
    if wants == "real" and input.is_complex():
        raise DtypeError(
            explain(
                who,
                expected="a real input tensor",
                got=f"{input.dtype}: {scalar_name(input._array.dtype)}",
                do="Take .real, or use the complex transform.",
            )
        )
    if not input.is_floating_point() and not input.is_complex():
        input = input.to(config.default_dtype())
    if wants == "complex" and not input.is_complex():
        input = input.to(BY_NUMPY[input._array.dtype].to_complex())
    return input


def line_dim(input, dim, who):
    """A dimension to transform, from 0.

    Raises:
        IndexError: for a tensor without dimensions, or a dim out of range.
    """
    if not input.ndim:
        raise OutOfRangeError(
            explain(
                who,
                expected=f"dimension {dim}",
                got="a tensor that has no dimensions",
                do="Add one with None.",
            )
        )
    return wrap_dim(dim, input.ndim, who)


def check_points(n, who):
    """Refuse transforms of no points."""
    if n < 1:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="at least 1 data point",
                got=f"invalid number of data points ({n}) specified",
                do="Check n= and the shape.",
            )
        )
    return n


def resized(input, dims, sizes):
    """Dimensions cut, or filled up with zeros, to sizes (None: as they are)."""
    for d, size in zip(dims, sizes, strict=True):
        if size is None or size == -1 or size == input.shape[d]:
            continue
        if size < input.shape[d]:
            input = input.narrow(d, 0, size)
        else:
            shape = list(input.shape)
            shape[d] = size
            whole = input.new_zeros(shape)
            input = whole.slice_scatter(input, d, 0, input.shape[d])
    return input


def dims_and_sizes(input, s, dim, who):
    """The dimensions of a transform of several, and their sizes (None: as they are).

    Raises:
        RuntimeError: where dims are double, or not as many as sizes.
        IndexError: for a dim out of range.
    """
    s = (s,) if isinstance(s, int) else s
    dim = (dim,) if isinstance(dim, int) else dim
    rank = input.ndim
    if dim is None:
        count = rank if s is None else len(s)
        if count > rank:
            raise ShapeError(
                explain(
                    who,
                    expected=f"at most {rank} sizes, as many as input has dimensions",
                    got=f"shape requires {count} dimensions but input has {rank}",
                    do="Shorten s=.",
                )
            )
        dims = list(range(rank - count, rank))
    else:
        dims = [wrap_dim(d, rank, who) for d in dim]
        _check_dims(dims, s, who)
    sizes = [None] * len(dims) if s is None else list(s)
    for d, size in zip(dims, sizes, strict=True):
        check_points(input.shape[d] if size in (None, -1) else size, who)
    return tuple(dims), [None if size == -1 else size for size in sizes]


def _check_dims(dims, s, who):
    if len(set(dims)) != len(dims):
        raise ShapeError(
            explain(
                who, expected="dims that are unique", got=dims, do="Name each once."
            )
        )
    if s is not None and len(s) != len(dims):
        raise ShapeError(
            explain(
                who,
                expected="dim and s of the same length",
                got=f"{len(dims)} and {len(s)}",
                do="Give a size for each dimension.",
            )
        )
