"""Logic on truth values: logical_and, logical_or, logical_xor, logical_not."""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import COMPARE, define
from rushlight._ops._arguments import require_tensor
from rushlight._ops.specs import compare_spec


def logical_and(input, other, *, out=None):
    """Whether both elements are true; numbers are true unless they are 0.

    Args:
        input, other: tensors of shapes that broadcast; any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, bool.

    Raises:
        RuntimeError: where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> rushlight.logical_and(rushlight.tensor([1, 2]), rushlight.tensor([0, 3]))
    tensor([False,  True])
    """
    return _logical(LOGICAL_AND, input, other, out)


def logical_or(input, other, *, out=None):
    """Whether one of two elements, or both, are true.

    Args:
        input, other, out: as for `logical_and`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.logical_or(rushlight.tensor([1, 0]), rushlight.tensor([0, 0]))
    tensor([ True, False])
    """
    return _logical(LOGICAL_OR, input, other, out)


def logical_xor(input, other, *, out=None):
    """Whether exactly one of two elements is true.

    Args:
        input, other, out: as for `logical_and`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.logical_xor(rushlight.tensor([1, 1]), rushlight.tensor([0, 2]))
    tensor([ True, False])
    """
    return _logical(LOGICAL_XOR, input, other, out)


def _logical(op, input, other, out):
    require_tensor(input, f"{op.name}()")
    require_tensor(other, f"{op.name}()", "other")
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _truth(k, x):
    return k.ne(x, k.const(0))


def _logical_and_lower(k, x, y):
    return k.and_(_truth(k, x), _truth(k, y))


def _logical_or_lower(k, x, y):
    return k.or_(_truth(k, x), _truth(k, y))


def _logical_xor_lower(k, x, y):
    return k.ne(_truth(k, x), _truth(k, y))


def _define(name, lower):
    return define(
        name,
        inputs="x y",
        eager=name,
        spec=compare_spec,
        lower=lower,
        promote=COMPARE,
        passes=5,
    )


LOGICAL_AND = _define("logical_and", _logical_and_lower)
LOGICAL_OR = _define("logical_or", _logical_or_lower)
LOGICAL_XOR = _define("logical_xor", _logical_xor_lower)
expose(logical_and, inplace=LOGICAL_AND, inplace_torch=False)
expose(logical_or, inplace=LOGICAL_OR, inplace_torch=False)
expose(logical_xor, inplace=LOGICAL_XOR, inplace_torch=False)


def logical_not(input, *, out=None):
    """Whether elements are false, that is 0.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape, bool.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.logical_not(rushlight.tensor([0, 2]))
    tensor([ True, False])
    """
    op = LOGICAL_NOT
    return op.short(input) if out is None else call_out(op, (input,), out)


def _logical_not_spec(x):
    return Spec(x.shape, bool)


def _logical_not_lower(k, x):
    return k.eq(x, k.const(0))


LOGICAL_NOT = define(
    "logical_not",
    eager="logical_not",
    passes=4,
    spec=_logical_not_spec,
    lower=_logical_not_lower,
)
expose(logical_not, inplace=True, inplace_torch=False)
