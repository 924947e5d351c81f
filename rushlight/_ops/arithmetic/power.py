"""Powers and roots: pow, float_power, square, sqrt, rsqrt, hypot."""

import cmath
import math

from rushlight._base import dtype as dtypes
from rushlight._base.dtype import BY_NUMPY, COMPLEX
from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose, mutate
from rushlight._core.inplace import call_out, inplace2, put_out
from rushlight._core.table import FLOAT, SAME, define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import is_half
from rushlight._ops._operators import attach_operator
from rushlight._ops._values import element
from rushlight._ops.arithmetic._lowered import hypot_lower
from rushlight._ops.specs import float_spec, pointwise_spec

# ------------------------------------------------------------------------------- pow


def pow(input, exponent, *, out=None):
    """Raise to a power: ``input ** exponent``.

    Args:
        input, exponent: tensors of shapes that broadcast, or numbers; any dtype, but
            not both bool.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast, and for an integer to a
            negative integer number.

    >>> import rushlight
    >>> rushlight.pow(rushlight.tensor([1.0, 2.0, 3.0]), 2)
    tensor([1., 4., 9.])
    """
    if out is None:
        return call2(POW, input, exponent)
    return call_out(POW, (input, exponent), out)


def _check_pow(x, y):
    dtype = getattr(getattr(x, "_array", x), "dtype", None)
    if dtype is not None and isinstance(y, int) and dtype.kind in "iu":
        element(y, dtype, "pow()")
    if dtype is not None and isinstance(y, int) and y < 0 and dtype.kind in "biu":
        raise ArgumentRuntimeError(
            explain(
                "pow()",
                expected="a float tensor, or an exponent of at least 0",
                got=f"{BY_NUMPY[dtype]} and {y}: integers to negative integer powers "
                "are not allowed",
                do="Convert the tensor to float, or use float_power().",
            )
        )


def _pow_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "pow", "b")
    return spec


#: Exponent -> how torch raises to it, which decides about signs, inf and nan.
_POWERS = {
    0.5: lambda np, x: np.sqrt(x),
    2: lambda np, x: np.square(x),
    3: lambda np, x: np.multiply(np.square(x), x),
    -0.5: lambda np, x: np.divide(1, np.sqrt(x)),
    -1: lambda np, x: np.divide(1, x),
    -2: lambda np, x: np.divide(1, np.square(x)),
}


def _pow_eager(backend, x, y):
    np, kind = backend.np, x.dtype.kind
    if kind == "b":
        refuse(x, "pow", "b")
    if y.__class__ is int and y < 0:
        _check_pow(x, y)
    number = y.item() if hasattr(y, "item") and not y.shape else y
    if number.__class__ in (int, float):
        quick = _POWERS.get(number)
        if quick is not None and (kind != "c" or number != 0.5) and x.dtype.char != "e":
            if kind not in "iu" or (number.__class__ is int and number > 0):
                return quick(np, x)
    if kind in "iu" and getattr(y, "dtype", x.dtype).kind == "i":
        return _integer_power(np, x, y)
    return np.power(x, y)


def _integer_power(np, x, y):
    """x ** y for integers: what rounds to zero towards zero where y is negative."""
    result = np.power(x, np.maximum(y, 0))
    if np.less(y, 0).any():
        odd = np.where(np.bitwise_and(y, 1), x, 1)
        unit = np.abs(x) == 1
        result = np.where(np.less(y, 0), np.where(unit, odd, 0), result).astype(x.dtype)
    return result


def _pow_grad(g, *, x, y, needs):
    return (
        _base_grad(g, x, y) if needs[0] else None,
        _exponent_grad(g, x, y) if needs[1] else None,
    )


def _base_grad(g, x, y):
    if not isinstance(y, Tensor):
        if y == 0:
            return g.new_zeros(g.shape)
        return g * (y * x if y == 2 else y * x.pow(y - 1)).conj()
    slope = g * (y * x.pow(y - 1)).conj()
    return slope.where(y != 0, 0)


def _exponent_grad(g, x, y):
    """g * x**y * log(x), and 0 for a zero to a power that is not negative."""
    log = x.log() if isinstance(x, Tensor) else _log(x)
    slope = g * (call2(POW, x, y) * log).conj()
    if isinstance(x, Tensor):
        return slope.where((x != 0) | ~((y.real if y.is_complex() else y) >= 0), 0)
    return slope if x else slope.where(~((y.real if y.is_complex() else y) >= 0), 0)


def _log(number):
    if isinstance(number, complex):
        return cmath.log(number)
    if number <= 0:
        return -math.inf if number == 0 else math.nan
    return math.log(number)


def _pow_lower(k, x, y):
    return k.pow(x, y)


def _pow_node(inputs, attrs):
    if not hasattr(inputs[1], "_array"):
        return "PowBackward0"
    return "PowBackward1" if hasattr(inputs[0], "_array") else "PowBackward2"


POW = define(
    "pow",
    inputs="x y",
    eager=_pow_eager,
    spec=_pow_spec,
    grad=_pow_grad,
    lower=_pow_lower,
    promote=SAME,
    node=_pow_node,
    check=_check_pow,
)


def pow_(input, exponent):
    """In-place form of `pow`: writes into ``input`` and returns it."""
    return inplace2(POW, input, exponent)


expose(pow)
expose(pow_, torch=False)
attach_operator("pow", POW, reflected=lambda self, other: call2(POW, other, self))

# ----------------------------------------------------------------------- float_power


def float_power(input, exponent, *, out=None):
    """Raise to a power in double precision.

    Args:
        input, exponent: tensors of shapes that broadcast, or numbers; any dtype.
        out: tensor to write the result to, float64 or complex128.

    Returns:
        Tensor: of the broadcast shape, float64 or complex128.

    Raises:
        RuntimeError: where the shapes do not broadcast, and for an ``out`` of another
            dtype.

    >>> import rushlight
    >>> rushlight.float_power(rushlight.tensor([1, 4]), -0.5)
    tensor([1.0000, 0.5000], dtype=torch.float64)
    """
    dtype = dtypes.float64
    if _is_complex(input) or _is_complex(exponent):
        dtype = dtypes.complex128
    result = call2(POW, _in_dtype(input, dtype), _in_dtype(exponent, dtype))
    if out is None:
        return result
    require_tensor(out, "float_power()", "out")
    _check_double(out, dtype)
    return put_out(result, out, "float_power()")


def _is_complex(value):
    if isinstance(value, Tensor):
        return value.dtype.category == COMPLEX
    return isinstance(value, complex)


def _in_dtype(value, dtype):
    if isinstance(value, Tensor):
        return value if value.dtype is dtype else value.to(dtype)
    return complex(value) if dtype.category == COMPLEX else float(value)


def _check_double(tensor, dtype):
    if tensor.dtype is not dtype:
        raise DtypeError(
            explain(
                "float_power()",
                expected=f"the result's dtype {dtype} to write to",
                got=tensor.dtype,
                do="Use the form that returns a new tensor.",
            )
        )


def float_power_(input, exponent):
    """In-place form of `float_power`: writes into ``input`` and returns it."""
    require_tensor(input, "float_power_()")
    double = _is_complex(input) or _is_complex(exponent)
    _check_double(input, dtypes.complex128 if double else dtypes.float64)
    return mutate(float_power, input, (exponent,), {}, "float_power")


expose(float_power)
expose(float_power_, torch=False)

# --------------------------------------------------------------------- square, roots


def square(input, *, out=None):
    """Multiply each element by itself.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype; bool gives int64.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.square(rushlight.tensor([1, -3]))
    tensor([1, 9])
    """
    require_tensor(input, "square()")
    return call2(POW, input, 2) if out is None else call_out(POW, (input, 2), out)


expose(square, inplace=True)


def sqrt(input, *, out=None):
    """The square root; nan for negative numbers.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.sqrt(rushlight.tensor([4.0, 2.0]))
    tensor([2.0000, 1.4142])
    """
    return SQRT.short(input) if out is None else call_out(SQRT, (input,), out)


def _sqrt_grad(g, *, out):
    return g / (2 * out.conj())


def _sqrt_lower(k, x):
    return k.sqrt(x)


SQRT = define(
    "sqrt",
    eager="sqrt",
    spec=float_spec,
    grad=_sqrt_grad,
    lower=_sqrt_lower,
    promote=FLOAT,
)
expose(sqrt, inplace=SQRT)


def rsqrt(input, *, out=None):
    """One over the square root.

    Args:
        input, out: as for `sqrt`.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    >>> import rushlight
    >>> rushlight.rsqrt(rushlight.tensor([4.0, 1.0]))
    tensor([0.5000, 1.0000])
    """
    return RSQRT.short(input) if out is None else call_out(RSQRT, (input,), out)


def _rsqrt_eager(backend, x):
    np = backend.np
    if is_half(x):
        return np.divide(1, np.sqrt(x.astype("float32"))).astype(x.dtype)
    return np.divide(1, np.sqrt(x))


def _rsqrt_grad(g, *, out):
    return -0.5 * g * out.pow(3).conj()


def _rsqrt_lower(k, x):
    return k.div(k.const(1), k.sqrt(x))


RSQRT = define(
    "rsqrt",
    eager=_rsqrt_eager,
    spec=float_spec,
    grad=_rsqrt_grad,
    lower=_rsqrt_lower,
    promote=FLOAT,
)
expose(rsqrt, inplace=RSQRT)

# ----------------------------------------------------------------------------- hypot


def hypot(input, other, *, out=None):
    """The hypotenuse: ``sqrt(input**2 + other**2)``, without overflow on the way.

    Args:
        input, other: tensors of shapes that broadcast; float.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> rushlight.hypot(rushlight.tensor([3.0]), rushlight.tensor([4.0]))
    tensor([5.])
    """
    require_tensor(input, "hypot()")
    require_tensor(other, "hypot()", "other")
    op = HYPOT
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _hypot_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "hypot", "biuc")
    return spec


def _hypot_eager(backend, x, y):
    refuse(x, "hypot", "biuc")
    return backend.np.hypot(x, y)


def _hypot_grad(g, *, x, y, out):
    return g * (x / out), g * (y / out)


HYPOT = define(
    "hypot",
    inputs="x y",
    eager=_hypot_eager,
    spec=_hypot_spec,
    grad=_hypot_grad,
    promote=SAME,
    lower=hypot_lower,
    passes=26,
)
expose(hypot, inplace=HYPOT, inplace_torch=False)
