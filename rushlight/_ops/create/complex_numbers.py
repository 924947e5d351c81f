"""Complex numbers from parts: complex, polar."""

import numpy as np

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentTypeError,
    DtypeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import same_dtype_out

# --------------------------------------------------------------------------- complex


def complex_(real, imag, *, out=None):
    """Complex numbers from real and imaginary parts: ``real + 1j * imag``.

    Args:
        real, imag: tensors of one floating-point dtype, of shapes that broadcast.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, complex64 or complex128.

    Raises:
        RuntimeError: for other or different dtypes.

    >>> import rushlight
    >>> rushlight.complex(rushlight.tensor([1.0]), rushlight.tensor([2.0]))
    tensor([1.+2.j])
    """
    _check_tensors("complex()", real=real, imag=imag)
    result = call(COMPLEX, real, imag)
    return result if out is None else same_dtype_out(result, out, "complex()")


def polar(abs, angle, *, out=None):
    """Complex numbers from lengths and angles: ``abs * exp(1j * angle)``.

    Args:
        abs, angle: tensors of one floating-point dtype, of shapes that broadcast.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, complex64 or complex128.

    Raises:
        RuntimeError: for other or different dtypes.

    >>> import rushlight
    >>> rushlight.polar(rushlight.tensor([2.0]), rushlight.tensor([0.0]))
    tensor([2.+0.j])
    """
    _check_tensors("polar()", abs=abs, angle=angle)
    result = call(POLAR, abs, angle)
    return result if out is None else same_dtype_out(result, out, "polar()")


def _check_tensors(who, **parts):
    for name, part in parts.items():
        if not isinstance(part, Tensor):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"argument '{name}' to be a Tensor",
                    got=type(part).__name__,
                    do="Convert it with torch.tensor.",
                )
            )


def _parts_spec(x, y):
    if x.dtype != y.dtype or x.dtype.kind != "f" or x.dtype.itemsize < 4:
        raise DtypeError(
            explain(
                "complex numbers from parts",
                expected="both parts to be float32, or both float64",
                got=f"{BY_NUMPY[x.dtype]} and {BY_NUMPY[y.dtype]}",
                do="Convert them with .to(dtype).",
            )
        )
    shape = broadcast_shapes(x.shape, y.shape)
    return Spec(shape, np.complex64 if x.dtype.itemsize == 4 else np.complex128)


def _complex_eager(backend, x, y):
    spec = _parts_spec(x, y)
    result = backend.np.empty(spec.shape, spec.dtype)
    result.real[...], result.imag[...] = x, y
    return result


def _complex_grad(g):
    return g.real, g.imag


COMPLEX = define(
    "complex",
    inputs="real imag",
    eager=_complex_eager,
    spec=_parts_spec,
    grad=_complex_grad,
)
expose(complex_, method=False, name="complex")


def _polar_eager(backend, x, y):
    spec = _parts_spec(x, y)
    result = backend.np.empty(spec.shape, spec.dtype)
    backend.np.multiply(x, backend.np.cos(y), result.real[...])
    backend.np.multiply(x, backend.np.sin(y), result.imag[...])
    return result


def _polar_grad(g, *, abs, angle):
    cos, sin = angle.cos(), angle.sin()
    return g.real * cos + g.imag * sin, abs * (g.imag * cos - g.real * sin)


POLAR = define(
    "polar",
    inputs="abs angle",
    eager=_polar_eager,
    spec=_parts_spec,
    grad=_polar_grad,
)
expose(polar, method=False)
