"""Elements in another arrangement: roll, flip, rot90."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import as_index, as_shape, wrap_dim, wrap_dims
from rushlight._base.spec import Spec
from rushlight._base.symint import is_symbolic
from rushlight._core.expose import expose
from rushlight._core.table import define

# ------------------------------------------------------------------------------ roll


def roll(input, shifts, dims=None):
    """Shift elements along dimensions; those that leave at the end enter in front.

    Args:
        input: (*), any dtype.
        shifts: how far, for each of dims.
        dims: the dimensions; all elements in one row if left out.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where shifts and dims differ in number.

    >>> import rushlight
    >>> rushlight.arange(4).roll(1)
    tensor([3, 0, 1, 2])
    """
    shifts = as_shape((shifts,), "roll()")
    if not shifts:
        raise ArgumentRuntimeError(
            explain("roll()", expected="shifts", got="none", do="Give at least one.")
        )
    dims = () if dims is None else as_shape((dims,), "roll()")
    return ROLL.short(input, shifts=shifts, dims=dims)


def _roll_spec(x, *, shifts, dims):
    if len(shifts) != len(dims) and not (len(shifts) == 1 and not dims):
        raise ArgumentRuntimeError(
            explain(
                "roll()",
                expected="one shift for each dimension",
                got=f"shifts: {len(shifts)}, dims: {len(dims)}, which must align",
                do="Give as many of both.",
            )
        )
    for dim in dims:
        wrap_dim(dim if x.shape else 1, len(x.shape), "roll()")
    return Spec(x.shape, x.dtype)


def _roll_eager(backend, x, *, shifts, dims):
    _roll_spec(x, shifts=shifts, dims=dims)
    if not x.size:
        return x.copy()
    if not dims:
        return _rolled(backend, x.reshape(-1), shifts[0], 0).reshape(x.shape)
    for shift, dim in zip(shifts, dims, strict=True):
        x = _rolled(backend, x, shift, wrap_dim(dim, x.ndim))
    return x


def _rolled(backend, x, shift, dim):
    cut = -shift % x.shape[dim] if x.ndim else 0
    if not cut:
        return x.copy()
    lead = (slice(None),) * dim
    parts = x[(*lead, slice(cut, None))], x[(*lead, slice(None, cut))]
    return backend.np.concatenate(parts, dim)


def _roll_grad(g, *, shifts, dims):
    return g.roll([-shift for shift in shifts], dims or None)


def _cut(shift, size):
    """``-shift % size``, which for symbolic sizes is known of less than one turn."""
    if is_symbolic(size) and -size < shift < size:
        return size - shift if shift > 0 else -shift
    return -shift % size


def _roll_lower(k, x, *, shifts, dims):
    if not dims:
        return k.reshape(_roll_lower(k, k.reshape(x, (-1,)), shifts=shifts, dims=(0,)),
                         x.shape)  # fmt: skip
    for shift, dim in zip(shifts, dims, strict=True):
        cut, lead = _cut(shift, x.shape[dim]), (slice(None),) * (dim % len(x.shape))
        if cut:
            parts = (*lead, slice(cut, None)), (*lead, slice(None, cut))
            x = k.join([k.slice(x, part) for part in parts], dim)
    return x


ROLL = define(
    "roll", eager=_roll_eager, spec=_roll_spec, grad=_roll_grad, lower=_roll_lower
)
expose(roll)

# ------------------------------------------------------------------------------ flip


def flip(input, *dims, **named):
    """Reverse the order of elements along dimensions.

    Args:
        input: (*), any dtype.
        dims: the dimensions.

    Returns:
        Tensor: same shape and dtype, a copy.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.arange(3).flip(0)
    tensor([2, 1, 0])
    """
    dims = as_shape((named["dims"],) if "dims" in named else dims, "flip()")
    return FLIP.short(input, dims=dims)


def _flip_spec(x, *, dims):
    wrap_dims(tuple(dims), len(x.shape), "flip()")
    return Spec(x.shape, x.dtype)


def _flip_eager(backend, x, *, dims):
    dims = wrap_dims(tuple(dims), x.ndim, "flip()")
    if not x.ndim:
        return x.copy()
    turned = slice(None, None, -1)
    index = tuple([turned if d in dims else slice(None) for d in range(x.ndim)])
    result = backend.np.empty_like(x)
    result[...] = x[index]
    return result


def _flip_grad(g, *, dims):
    return g.flip(dims)


def _flip_lower(k, x, *, dims):
    return k.flip(x, [dim % x.ndim for dim in dims]) if x.ndim else x


FLIP = define(
    "flip", eager=_flip_eager, spec=_flip_spec, grad=_flip_grad, lower=_flip_lower
)
expose(flip)


def fliplr(input):
    """Reverse the second dimension.

    Args:
        input: (*), at least two dimensions, any dtype.

    Returns:
        Tensor: same shape and dtype, a copy.

    Raises:
        RuntimeError: for fewer dimensions.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2]]).fliplr()
    tensor([[2, 1]])
    """
    return FLIP.short(_of_ndim(input, 2, "fliplr()"), dims=(1,))


def flipud(input):
    """Reverse the first dimension.

    Args:
        input: (*), at least one dimension, any dtype.

    Returns:
        Tensor: same shape and dtype, a copy.

    Raises:
        RuntimeError: for no dimensions.

    >>> import rushlight
    >>> rushlight.tensor([1, 2]).flipud()
    tensor([2, 1])
    """
    return FLIP.short(_of_ndim(input, 1, "flipud()"), dims=(0,))


def _of_ndim(input, least, who):
    if input._array.ndim < least:
        raise ShapeError(
            explain(
                who,
                expected=f"an input that is >= {least}-d",
                got=f"{input._array.ndim} dimensions",
                do="Add dimensions with .unsqueeze(dim).",
            )
        )
    return input


expose(fliplr)
expose(flipud)

# ----------------------------------------------------------------------------- rot90


def rot90(input, k=1, dims=(0, 1)):
    """Turn by k quarters, from the first of two dimensions towards the second.

    Args:
        input: (*), at least two dimensions, any dtype.
        k: how many quarters; negative ones turn the other way.
        dims: the two dimensions.

    Returns:
        Tensor: the two sizes swapped where k is odd.

    Raises:
        RuntimeError: for other than two different dimensions.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).rot90()
    tensor([[2, 4],
            [1, 3]])
    """
    dims = as_shape((dims,), "rot90()")
    return ROT90.short(input, k=as_index(k, "rot90()", "k"), dims=dims)


def _rot90_dims(x, dims):
    problem = None
    if len(dims) != 2:
        problem = f"total rotation dims == 2, but got dims = {len(dims)}"
    elif len(x.shape) < 2:
        problem = f"total dims >= 2, but got total dims = {len(x.shape)}"
    else:
        first, second = (wrap_dim(dim, len(x.shape), "rot90()") for dim in dims)
        if first == second:
            problem = "rotation dims to be different"
    if problem:
        raise ArgumentRuntimeError(
            explain(
                "rot90()",
                expected=problem,
                got=f"dims {list(dims)} for shape {list(x.shape)}",
                do="Name two dimensions of the tensor.",
            )
        )
    return first, second


def _rot90_spec(x, *, k, dims):
    first, second = _rot90_dims(x, dims)
    shape = list(x.shape)
    if k % 2:
        shape[first], shape[second] = shape[second], shape[first]
    return Spec(shape, x.dtype)


def _rot90_eager(backend, x, *, k, dims):
    first, second = _rot90_dims(x, dims)
    flipped = {0: (), 1: (second,), 2: (first, second), 3: (first,)}[k % 4]
    turned = _flip_eager(backend, x, dims=flipped)
    return turned.swapaxes(first, second) if k % 2 else turned


def _rot90_grad(g, *, k, dims):
    return g.rot90(-k, dims)


ROT90 = define("rot90", eager=_rot90_eager, spec=_rot90_spec, grad=_rot90_grad)
expose(rot90)
