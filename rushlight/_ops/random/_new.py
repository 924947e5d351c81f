"""What all of `make` share: sizes, options, and a blank tensor that an op fills."""

from rushlight._backends import backend_for
from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.device import as_device
from rushlight._base.errors import (
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.inplace import put_out
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._symbolic import filled_symbolic, has_symbols
from rushlight._ops._values import as_dtype


def sizes_of(size, keyword, who):
    """The shape that ``*size`` or ``size=`` means."""
    if keyword is not None:
        size = (keyword,)
    elif not size:
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'size'",
                got="none",
                do="Pass sizes, or () for a tensor of no dimensions.",
            )
        )
    shape = as_shape(size, who)
    if shape and min(shape) < 0:
        raise ShapeError(
            explain(who, expected="sizes >= 0", got=list(shape), do="Check the sizes.")
        )
    return shape


def make(
    op,
    shape,
    who,
    *,
    attrs,
    out=None,
    dtype=None,
    device=None,
    requires_grad=False,
    layout=None,
    pin_memory=False,
):
    """A new tensor that a random op fills (Note [Random ops])."""
    _check_options(layout, pin_memory, who)
    if out is not None:
        dtype, device = _dtype_of_out(out, dtype, who), out.device
    device = as_device(device)
    dtype = config.default_dtype() if dtype is None else _checked(dtype, who)
    if has_symbols(shape):
        blank = filled_symbolic(None, shape, dtype.numpy)
    else:
        blank = wrap(backend_for(device).empty(shape, dtype.numpy))
    result = op.short(blank, **attrs)
    if out is not None:
        return put_out(result, out, who)
    if requires_grad:
        result.requires_grad = True
    return result


def make_like(
    op,
    input,
    who,
    *,
    attrs,
    dtype=None,
    device=None,
    requires_grad=False,
    layout=None,
    pin_memory=False,
    memory_format=None,
):
    """As `make`, with the shape, dtype, device and order in memory of a tensor."""
    array = check_tensor(input, who)._array
    dtype = input.dtype if dtype is None else _checked(dtype, who)
    kept = device is None or as_device(device) == input.device
    if not kept or array.__class__ is Spec or array.flags.c_contiguous:
        return make(
            op,
            array.shape,
            who,
            attrs=attrs,
            dtype=dtype,
            device=input.device if device is None else device,
            requires_grad=requires_grad,
            layout=layout,
            pin_memory=pin_memory,
        )
    _check_options(layout, pin_memory, who)
    blank = backend_for(input.device).np.empty_like(array, dtype=dtype.numpy)
    result = op.short(wrap(blank), **attrs)
    if requires_grad:
        result.requires_grad = True
    return result


def check_tensor(value, who, name="input"):
    """A Tensor as it is; anything else is refused."""
    if not isinstance(value, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected=f"argument '{name}' to be a Tensor",
                got=type(value).__name__,
                do="Convert it with torch.tensor.",
            )
        )
    return value


def _checked(dtype, who):
    if isinstance(dtype, dtypes.dtype):
        return as_dtype(dtype, who)
    raise ArgumentTypeError(
        explain(
            who,
            expected="argument 'dtype' to be a torch.dtype",
            got=type(dtype).__name__,
            do="Pass a dtype such as torch.float32.",
        )
    )


def _check_options(layout, pin_memory, who):
    if layout is not None and str(layout) != "torch.strided":
        raise UnsupportedError(
            explain(
                who,
                expected="layout torch.strided",
                got=layout,
                do="Sparse tensors do not exist here.",
            )
        )
    if pin_memory:  # pinning is for copies to CUDA: refused where there is none
        backend_for(as_device("cuda"))


def _dtype_of_out(out, dtype, who):
    check_tensor(out, who, "out")
    if dtype is not None and out.dtype is not dtype:
        raise DtypeError(
            explain(
                who,
                expected=f"out= of the dtype {dtype}",
                got=f"{out.dtype}, which does not match",
                do="Leave dtype= away: out's own is used.",
            )
        )
    return out.dtype
