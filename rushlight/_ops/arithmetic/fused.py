"""Sums of products in one call: addcmul, addcdiv, lerp, ldexp."""

import math

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, explain
from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, SAME, define
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import is_half, wide
from rushlight._ops.specs import float_spec, pointwise_spec

# ------------------------------------------------------------------ addcmul, addcdiv


def addcmul(input, tensor1, tensor2, *, value=1, out=None):
    """Add a product: ``input + value * tensor1 * tensor2``.

    Args:
        input, tensor1, tensor2: tensors of shapes that broadcast; any dtype but bool.
        value: a number; its fraction is dropped where the result is of integers.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast, and for bool tensors.
        TypeError: where one of the three is no tensor.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> rushlight.addcmul(x, x, x, value=10)
    tensor([11., 42.])
    """
    return _fused(ADDCMUL, input, tensor1, tensor2, value, out)


def addcdiv(input, tensor1, tensor2, *, value=1, out=None):
    """Add a quotient: ``input + value * tensor1 / tensor2``.

    Args:
        input, tensor1, tensor2, value, out: as for `addcmul`, of a float or complex
            dtype.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> rushlight.addcdiv(x, x, x, value=10)
    tensor([11., 12.])
    """
    return _fused(ADDCDIV, input, tensor1, tensor2, value, out)


def _fused(op, x, y, z, value, out):
    who = f"{op.name}()"
    for name, tensor in (("input", x), ("tensor1", y), ("tensor2", z)):
        require_tensor(tensor, who, name)
    if isinstance(value, Tensor):
        value = value.item()
    if out is None:
        return call(op, x, y, z, value=value)
    return call_out(op, (x, y, z), out, value=value)


def _addcmul_spec(x, y, z, *, value):
    spec = pointwise_spec(x, y, z)
    refuse(spec, "addcmul", "b")
    return spec


def _addcmul_eager(backend, x, y, z, *, value):
    np = backend.np
    if x.dtype.kind in "biu":
        _addcmul_spec(x, y, z, value=value)
        value = np.asarray(value).astype(x.dtype)
    product = np.multiply(wide(y), wide(z))
    if value != 1:
        product = np.multiply(product, value, out=product if product.shape else None)
    return np.add(wide(x), product).astype(x.dtype, copy=False)


def _addcmul_grad(g, *, y, z, value, needs):
    return (
        g,
        g * (z if value == 1 else z * value).conj() if needs[1] else None,
        g * (y if value == 1 else y * value).conj() if needs[2] else None,
    )


def _addcmul_lower(k, x, y, z, *, value):
    return k.add(x, k.mul(k.const(value), k.mul(y, z)))


def _addcdiv_spec(x, y, z, *, value):
    spec = pointwise_spec(x, y, z)
    if spec.dtype.kind in "biu":
        raise DtypeError(
            explain(
                "addcdiv()",
                expected="a float or complex tensor among the three",
                got=f"{BY_NUMPY[spec.dtype]}: integer division with addcdiv is not "
                "supported",
                do="Convert one of them with .float(), or write "
                "input + value * torch.div(tensor1, tensor2, rounding_mode='trunc').",
            )
        )
    return spec


def _addcdiv_eager(backend, x, y, z, *, value):
    np = backend.np
    if x.dtype.kind in "biu":
        _addcdiv_spec(x, y, z, value=value)
    top = wide(y) if value == 1 else np.multiply(wide(y), value)
    return np.add(wide(x), np.divide(top, wide(z))).astype(x.dtype, copy=False)


def _addcdiv_grad(g, *, y, z, value, needs):
    return (
        g,
        g * ((1 if value == 1 else value) / z).conj() if needs[1] else None,
        -g * ((y if value == 1 else y * value) / (z * z)).conj() if needs[2] else None,
    )


def _addcdiv_lower(k, x, y, z, *, value):
    return k.add(x, k.div(k.mul(k.const(value), y), z))


ADDCMUL = define(
    "addcmul",
    inputs="x y z",
    eager=_addcmul_eager,
    spec=_addcmul_spec,
    grad=_addcmul_grad,
    lower=_addcmul_lower,
    promote=SAME,
    saved_for={"y": "z", "z": "y"},
)
ADDCDIV = define(
    "addcdiv",
    inputs="x y z",
    eager=_addcdiv_eager,
    spec=_addcdiv_spec,
    grad=_addcdiv_grad,
    lower=_addcdiv_lower,
    promote=SAME,
    saved_for={"y": "z", "z": "y z"},
)
expose(addcmul, inplace=ADDCMUL, inplace_torch=False)
expose(addcdiv, inplace=ADDCDIV, inplace_torch=False)

# ------------------------------------------------------------------------------ lerp


def lerp(input, end, weight, *, out=None):
    """Go part of the way from one to the other: ``input + weight * (end - input)``.

    Args:
        input, end: tensors of shapes that broadcast and of one float or complex dtype.
        weight: a number, or a tensor of the same dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape.

    Raises:
        RuntimeError: where the dtypes differ or the shapes do not broadcast.
        TypeError: where input or end is no tensor.

    >>> import rushlight
    >>> rushlight.lerp(
    ...     rushlight.tensor([0.0, 10.0]), rushlight.tensor([4.0, 20.0]), 0.5
    ... )
    tensor([ 2., 15.])
    """
    require_tensor(input, "lerp()")
    require_tensor(end, "lerp()", "end")
    if isinstance(weight, Tensor):
        op, inputs, attrs = LERP, (input, end, weight), {}
    else:
        op, inputs, attrs = LERP_NUMBER, (input, end), {"weight": weight}
    if out is None:
        return call(op, *inputs, **attrs)
    return call_out(op, inputs, out, **attrs)


def _check_lerp(*operands, weight=None):
    first = operands[0]._array.dtype
    for name, operand in zip(("end", "weight"), operands[1:], strict=False):
        array = operand._array
        if array.dtype != first and (name == "end" or array.shape):
            raise DtypeError(
                explain(
                    "lerp()",
                    expected=f"dtype {BY_NUMPY[first]} for `{name}`",
                    got=operand.dtype,
                    do="Convert it with .to(input.dtype).",
                )
            )


def _lerp_spec(x, y, w=None, *, weight=None):
    spec = pointwise_spec(x, y, *(() if w is None else (w,)))
    refuse(spec, "lerp", "biu")
    return spec


def _lerp_eager(backend, x, y, w):
    return _lerp(backend.np, x, y, wide(w))


def _lerp_number_eager(backend, x, y, *, weight):
    return _lerp(backend.np, x, y, weight)


def _lerp(np, x, y, w):
    """From whichever end is nearer, which is exact at both."""
    refuse(x, "lerp", "biu")
    start, end = wide(x), wide(y)
    way = np.subtract(end, start)
    near = np.abs(w) < 0.5
    if near is True or near is False or not near.shape:
        near_start = start + w * way
        result = near_start if near else end - way * (1 - w)
    else:
        result = np.where(near, start + w * way, end - way * (1 - w))
    return result.astype(x.dtype, copy=False)


def _lerp_grad(g, *, x, y, w, needs):
    return (
        g * (1 - w).conj() if needs[0] else None,
        g * w.conj() if needs[1] else None,
        g * (y - x).conj() if needs[2] else None,
    )


def _lerp_number_grad(g, *, weight):
    return g * (1 - weight.conjugate()), g * weight.conjugate()


def _lerp_lower(k, x, y, w):
    near, way = k.lt(k.abs(w), k.const(0.5)), k.sub(y, x)
    far = k.sub(y, k.mul(way, k.sub(k.const(1), w)))
    return k.where(near, k.add(x, k.mul(w, way)), far)


def _lerp_number_lower(k, x, y, *, weight):
    way = k.sub(y, x)
    if abs(weight) < 0.5:
        return k.add(x, k.mul(k.const(weight), way))
    return k.sub(y, k.mul(way, k.const(1 - weight)))


LERP = define(
    "lerp",
    inputs="x y w",
    eager=_lerp_eager,
    spec=_lerp_spec,
    grad=_lerp_grad,
    lower=_lerp_lower,
    promote=SAME,
    saved_for={"x": "w", "y": "w", "w": "x y"},
    node="LerpBackward1",
    check=_check_lerp,
)
LERP_NUMBER = define(
    "lerp_number",
    inputs="x y",
    eager=_lerp_number_eager,
    spec=_lerp_spec,
    grad=_lerp_number_grad,
    lower=_lerp_number_lower,
    promote=SAME,
    node="LerpBackward0",
    check=_check_lerp,
)
expose(lerp, inplace=LERP, inplace_torch=False)

# ----------------------------------------------------------------------------- ldexp


def ldexp(input, other, *, out=None):
    """Multiply by a power of two: ``input * 2**other``.

    Args:
        input, other: tensors of shapes that broadcast; any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, of a float or complex dtype.

    Raises:
        TypeError: for numbers.
        RuntimeError: where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.ldexp(rushlight.tensor([1.0, 3.0]), rushlight.tensor([1, -1]))
    tensor([2.0000, 1.5000])
    """
    require_tensor(input, "ldexp()")
    require_tensor(other, "ldexp()", "other")
    op = LDEXP
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _ldexp_eager(backend, x, y):
    np = backend.np
    result = np.multiply(wide(x), np.power(2.0, wide(y)))
    return result.astype(x.dtype) if is_half(x) else result


def _ldexp_grad(g, *, x, y, needs):
    scale = 2.0**y
    return (
        g * scale.conj() if needs[0] else None,
        g * (x * scale * math.log(2)).conj() if needs[1] else None,
    )


def _ldexp_lower(k, x, y):
    return k.mul(x, k.pow(k.const(2), y))


LDEXP = define(
    "ldexp",
    inputs="x y",
    eager=_ldexp_eager,
    spec=float_spec,
    grad=_ldexp_grad,
    lower=_ldexp_lower,
    promote=FLOAT,
)
expose(ldexp, inplace=LDEXP)
