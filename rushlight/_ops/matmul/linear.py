"""Linear maps: linear, bilinear."""

from rushlight._base.errors import ShapeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call2, call3
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import is_half, wide
from rushlight._ops._conjugate import conj_of
from rushlight._ops.matmul.multiply import (
    FEW,
    check_dtypes,
    check_product,
    multiply,
    require_arrays,
    rows_of,
)
from rushlight._ops.matmul.product import FOLDED, MATMUL

# ------------------------------------------------------------------------------ linear


def linear(input, weight, bias=None):
    """A linear map of the last dimension.

        input @ weight.T + bias

    Args:
        input: (*, in_features).
        weight: (out_features, in_features) or (in_features,), same dtype.
        bias: (out_features,), same dtype, or None.

    Returns:
        Tensor: (*, out_features), or (*) for a weight of one dimension.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> from rushlight.nn.functional import linear
    >>> linear(rushlight.ones(2, 3), rushlight.ones(1, 3), rushlight.ones(1))
    tensor([[4.],
            [4.]])
    """
    return call3(LINEAR, input, weight, bias)


def _linear_spec(x, weight, bias):
    _check_linear(x, weight, bias)
    return Spec((*x.shape[:-1], *weight.shape[:-1]), x.dtype)


def _check_linear(x, weight, bias):
    require_arrays("linear()", input=x, weight=weight)
    if len(weight.shape) > 2:
        raise ShapeError(
            explain(
                "linear()",
                expected="a weight of 1 or 2 dimensions",
                got=f"shape {list(weight.shape)}",
                do="Use torch.matmul for stacks of matrices.",
            )
        )
    rows = x
    if len(x.shape) > 1 and x.shape[-1]:
        rows = Spec((x.size // x.shape[-1], x.shape[-1]), x.dtype)
    check_product(rows, Spec(weight.shape[::-1], weight.dtype), "linear()")
    check_dtypes("linear()", x, weight, bias)
    if bias is not None:
        _check_bias(bias, (*x.shape[:-1], *weight.shape[:-1]), weight)


def _check_bias(bias, shape, weight):
    mine = bias.shape
    fits = len(mine) <= len(shape) and all(
        m in (1, s) for m, s in zip(reversed(mine), reversed(shape))
    )
    if not fits or (len(weight.shape) == 1 and len(mine)):
        raise ShapeError(
            explain(
                "linear()",
                expected=f"a bias that expands to the result's shape {list(shape)}",
                got=f"shape {list(mine)}",
                do="Give it out_features elements.",
            )
        )


def _linear_eager(backend, x, weight, bias):
    if x.ndim == 2 == weight.ndim and x.dtype is weight.dtype and x.dtype.char in "fd":
        if bias is None or bias.dtype is x.dtype:
            if x.size > FEW and x.size * weight.shape[0] >= backend.product_size:
                return backend.product(x, weight.T, bias)
            result = x.dot(weight.T)
            if bias is not None:
                result += bias
            return result
    return _linear_any(backend, x, weight, bias)


def _linear_any(backend, x, weight, bias):
    _check_linear(x, weight, bias)
    if x.ndim > 2 == weight.ndim and (bias is None or bias.ndim == 1):
        result = _linear_eager(backend, rows_of(x), weight, bias)
        return result.reshape(*x.shape[:-1], weight.shape[0])
    dtype, half = x.dtype, is_half(x)
    if half:  # Note [Half precision]
        x, weight = wide(x), wide(weight)
        bias = None if bias is None else wide(bias)
    result = backend.np.asarray(multiply(backend, x, weight.T))
    if bias is not None:
        result += bias
    return result.astype(dtype) if half else result


def _linear_grad(g, *, x, weight, bias_shape, weight_shape, needs):
    if len(weight_shape) == 1:
        return _vector_grad(g, x, weight, needs)
    left = right = bias = None
    if needs[0]:
        left = call2(MATMUL, g, conj_of(weight))
    if needs[1]:
        right = call2(FOLDED, g, conj_of(x))
    if needs[2]:  # of other shapes, the tape sums to them
        bias = g.sum(0) if g._array.ndim == 2 and len(bias_shape) == 1 else g
    return left, right, bias


def _vector_grad(g, x, weight, needs):
    """The gradients for a weight of one dimension: a dot product."""
    column = g.unsqueeze(-1)
    left = column * conj_of(weight) if needs[0] else None
    right = call2(FOLDED, column, conj_of(x)).squeeze(0) if needs[1] else None
    return left, right, g if needs[2] else None


def _linear_node(inputs, attrs):
    """torch's name for its last step."""
    x, weight, bias = inputs
    rank = len(x._array.shape)
    if len(weight._array.shape) == 1:
        if bias is not None:
            return "AddBackward0"
        names = {1: "DotBackward0", 2: "MvBackward0"}
        return names.get(rank, "UnsafeViewBackward0")
    if bias is None:
        names = {1: "SqueezeBackward4", 2: "MmBackward0"}
        return names.get(rank, "UnsafeViewBackward0")
    if rank == 2:
        return "AddmmBackward0"
    flags = getattr(x._array, "flags", None)  # a spec has none
    whole = flags is None or flags.c_contiguous
    return "ViewBackward0" if whole and bias._array.ndim == 1 else "AddBackward0"


def _linear_lower(k, x, weight, bias):
    product = k.matmul(x, k.transpose(weight, 0, 1))
    return product if bias is None else k.add(product, bias)


LINEAR = define(
    "linear",
    inputs="x weight bias",
    eager=_linear_eager,
    spec=_linear_spec,
    grad=_linear_grad,
    lower=_linear_lower,
    saved_for={"x": "weight", "weight": "x"},
    node=_linear_node,
    autocast="lower",
)
expose(linear, torch=False, method=False, functional=True)

# ---------------------------------------------------------------------------- bilinear


def bilinear(input1, input2, weight, bias=None):
    """A map that is linear in each of two inputs.

        y[o] = sum(input1[i] * weight[o, i, j] * input2[j]) + bias[o]

    Args:
        input1: (*, in1).
        input2: (*, in2), the same leading sizes.
        weight: (out, in1, in2).
        bias: (out,) or None.

    Returns:
        Tensor: (*, out).

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> from rushlight.nn.functional import bilinear
    >>> ones = rushlight.ones
    >>> bilinear(ones(2, 3), ones(2, 4), ones(1, 3, 4))
    tensor([[12.],
            [12.]])
    """
    named = {"input1": input1, "input2": input2, "weight": weight}
    for name, value in named.items():
        require_tensor(value, "bilinear()", name)
    _check_bilinear(input1.shape, input2.shape, weight.shape)
    out, in1, in2 = weight.shape
    rows = rows_of(input1)
    maps = weight.permute(1, 0, 2).reshape(in1, out * in2)
    partial = rows.mm(maps).reshape(rows.shape[0], out, in2)
    columns = rows_of(input2).unsqueeze(-1)
    result = partial.bmm(columns).reshape(*input1.shape[:-1], out)
    return result if bias is None else result + bias


def _check_bilinear(one, two, weight):
    if (
        len(weight) != 3
        or not one
        or one[:-1] != two[:-1]
        or (one[-1], two[-1]) != tuple(weight[1:])
    ):
        raise ShapeError(
            explain(
                "bilinear()",
                expected="shapes (*, in1), (*, in2) and (out, in1, in2)",
                got=f"{list(one)}, {list(two)} and {list(weight)}",
                do="Check the layer's input sizes.",
            )
        )


expose(bilinear, torch=False, method=False, functional=True)
