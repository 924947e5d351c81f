"""Choosing by a mask: where."""

import warnings

from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain
from rushlight._base.promote import result_dtype
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, call3
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, attach
from rushlight._ops._arguments import require_tensor
from rushlight._ops._select import select
from rushlight._ops._values import element
from rushlight._ops.specs import shape_of

_NUMBERS = frozenset((float, int, bool, complex))


def where(condition, input=None, other=None, *, out=None):
    """Elements of one tensor or the other: ``input if condition else other``.

    With a condition alone, the indices of its true elements (``nonzero`` as a tuple).

    Args:
        condition: bool; a shape that broadcasts with the others.
        input, other: tensors of shapes that broadcast, or numbers; any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype of input and other.

    Raises:
        RuntimeError: for a condition that is not bool, and where the shapes do not
            broadcast.
        TypeError: for a condition that is no tensor, and where only one of input and
            other is given.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, -2.0])
    >>> rushlight.where(x > 0, x, 0.0)
    tensor([1., 0.])
    """
    if not isinstance(condition, Tensor):
        require_tensor(condition, "where()", "condition")
    if other is None:
        if input is None and out is None:
            return condition.nonzero(as_tuple=True)
        raise ArgumentTypeError(
            explain(
                "where()",
                expected="a condition alone, or with both input and other",
                got="one of input and other",
                do="Pass where(condition, input, other).",
            )
        )
    if condition._array.dtype.kind != "b":
        condition = _as_mask(condition)
    if out is None:
        if input.__class__ not in _NUMBERS and other.__class__ not in _NUMBERS:
            return call3(WHERE, condition, input, other)
        return call(WHERE, condition, input, other)
    return call_out(WHERE, (condition, input, other), out)


def _as_mask(condition):
    array = condition._array
    if array.dtype.kind == "u" and array.dtype.itemsize == 1:
        warnings.warn(
            "where received a uint8 condition tensor. This behavior is deprecated; "
            "use a boolean condition instead.",
            UserWarning,
            stacklevel=3,
        )
        return condition != 0
    raise ArgumentRuntimeError(
        explain(
            "where()",
            expected="condition to be a boolean tensor",
            got=condition.dtype,
            do="Compare it, as in condition != 0.",
        )
    )


def _where_spec(condition, x, y):
    shape = broadcast_shapes(condition.shape, shape_of(x), shape_of(y))
    return Spec(shape, result_dtype((x, y)).numpy)


def _where_eager(backend, condition, x, y):
    np = backend.np
    if x.__class__ is y.__class__ is condition.__class__ and x.dtype is y.dtype:
        return select(np, condition, x, y)
    dtype = result_dtype((x, y)).numpy
    return select(np, condition, _as_array(np, x, dtype), _as_array(np, y, dtype))


def _as_array(np, value, dtype):
    if hasattr(value, "dtype"):
        return value.astype(dtype, copy=False)
    if value.__class__ in (int, float) and dtype.kind == "f" and -6e4 < value < 6e4:
        return np.asarray(value, dtype)
    if isinstance(value, (int, float, complex)):
        return np.asarray(element(value, dtype, "where()"))
    raise ArgumentTypeError(
        explain(
            "where()",
            expected="input and other to be Tensors or numbers",
            got=type(value).__name__,
            do="Convert it with torch.tensor.",
        )
    )


def _where_grad(g, *, condition, needs):
    return (
        None,
        g.where(condition, 0) if needs[1] else None,
        g.where(~condition, 0) if needs[2] else None,
    )


def _where_lower(k, condition, x, y):
    return k.where(condition, x, y)


WHERE = define(
    "where",
    inputs="condition x y",
    eager=_where_eager,
    spec=_where_spec,
    grad=_where_grad,
    lower=_where_lower,
)
expose(where, method=False)


def _where_method(self, condition, other):
    """Elements of this tensor where a condition holds, else of another.

    Args:
        condition, other: as for `rushlight.where`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: as for `rushlight.where`.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, -2.0])
    >>> x.where(x > 0, 0.0)
    tensor([1., 0.])
    """
    return where(condition, self, other)


attach("where", _where_method)
