"""The same bytes as elements of another dtype."""

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.table import define

_dtype = dtypes.dtype

# ------------------------------------------------------------------------ other dtype


def view_as_dtype(input, dtype):
    """The same bytes read as elements of another dtype."""
    return VIEW_DTYPE.short(input, dtype=dtype)


def _view_dtype_spec(x, *, dtype):
    old, new, shape = x.dtype.itemsize, dtype.itemsize, tuple(x.shape)
    if old == new:
        return Spec(shape, dtype.numpy)
    if not shape:
        raise _no_view_as(x, dtype, "self.dim() cannot be 0")
    if old > new:
        return Spec((*shape[:-1], shape[-1] * (old // new)), dtype.numpy)
    if shape[-1] % (new // old):
        raise _no_view_as(x, dtype, f"self.size(-1) {shape[-1]} not divisible")
    return Spec((*shape[:-1], shape[-1] // (new // old)), dtype.numpy)


def _no_view_as(x, dtype, why):
    return ArgumentRuntimeError(
        explain(
            "view()",
            expected=f"memory that can be read as {dtype}",
            got=f"{BY_NUMPY[x.dtype]} {list(x.shape)}: {why}",
            do="Use .contiguous() first, or .to(dtype) to convert the values.",
        )
    )


def _view_dtype_eager(backend, x, *, dtype):
    _view_dtype_spec(x, dtype=dtype)
    try:
        return x.view(dtype.numpy)
    except ValueError:
        why = f"self.stride(-1) must be 1, is {x.strides[-1] // x.itemsize}"
        raise _no_view_as(x, dtype, why) from None


def _view_dtype_grad(g, *, x_dtype):
    return g.contiguous().view(BY_NUMPY[x_dtype])


VIEW_DTYPE = define(
    "view_dtype",
    eager=_view_dtype_eager,
    spec=_view_dtype_spec,
    grad=_view_dtype_grad,
    view=True,
    node="ViewBackward1",
)
