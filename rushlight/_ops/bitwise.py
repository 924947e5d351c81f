"""Bits of integers, and logic on bool: and, or, xor, not, shifts."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import SAME, define
from rushlight._core.tensor import attach
from rushlight._ops._arguments import refuse
from rushlight._ops._operators import attach_operator
from rushlight._ops.specs import pointwise_spec, same_spec

# ---------------------------------------------------------------------- and, or, xor


def bitwise_and(input, other, *, out=None):
    """The bits that are set in both: ``input & other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; bool or integers.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.bitwise_and(rushlight.tensor([6, 3]), 2)
    tensor([2, 2])
    """
    op = BITWISE_AND
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def bitwise_or(input, other, *, out=None):
    """The bits that are set in one or both: ``input | other``.

    Args:
        input, other, out: as for `bitwise_and`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.bitwise_or(rushlight.tensor([6, 3]), 8)
    tensor([14, 11])
    """
    op = BITWISE_OR
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def bitwise_xor(input, other, *, out=None):
    """The bits that are set in exactly one: ``input ^ other``.

    Args:
        input, other, out: as for `bitwise_and`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype.

    >>> import rushlight
    >>> rushlight.bitwise_xor(rushlight.tensor([6, 3]), 2)
    tensor([4, 1])
    """
    op = BITWISE_XOR
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _bits_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "bitwise operation", "fc")
    return spec


def _and_lower(k, x, y):
    return k.and_(x, y)


def _or_lower(k, x, y):
    return k.or_(x, y)


def _define(name, lower=None):
    return define(
        name, inputs="x y", eager=name, spec=_bits_spec, lower=lower, promote=SAME
    )


BITWISE_AND = _define("bitwise_and", _and_lower)
BITWISE_OR = _define("bitwise_or", _or_lower)
BITWISE_XOR = _define("bitwise_xor")
expose(bitwise_and, inplace=BITWISE_AND, inplace_torch=False)
expose(bitwise_or, inplace=BITWISE_OR, inplace_torch=False)
expose(bitwise_xor, inplace=BITWISE_XOR, inplace_torch=False)
attach_operator("and", BITWISE_AND)
attach_operator("or", BITWISE_OR)
attach_operator("xor", BITWISE_XOR)

# ------------------------------------------------------------------------------- not


def bitwise_not(input, *, out=None):
    """All bits turned over: ``~input``; of bool, the opposite.

    Args:
        input: (*), bool or integers.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.bitwise_not(rushlight.tensor([0, 5]))
    tensor([-1, -6])
    """
    op = BITWISE_NOT
    return op.short(input) if out is None else call_out(op, (input,), out)


def _not_spec(x):
    refuse(x, "bitwise_not", "fc")
    return same_spec(x)


def _not_lower(k, x):
    return k.not_(x) if x.dtype == "bool" else k.sub(-1, x)


BITWISE_NOT = define("bitwise_not", eager="invert", spec=_not_spec, lower=_not_lower)
expose(bitwise_not, inplace=BITWISE_NOT, inplace_torch=False)


def _invert(self):
    if self._array.dtype.kind not in "biu":
        raise ArgumentTypeError(
            explain(
                "~ (operator.invert)",
                expected="an integer or bool tensor",
                got=self.dtype,
                do="Compare first, as in ~(x > 0), or use torch.logical_not.",
            )
        )
    return BITWISE_NOT.short(self)


attach("__invert__", _invert)

# ---------------------------------------------------------------------------- shifts


def bitwise_left_shift(input, other, *, out=None):
    """Move bits up, zeros come in: ``input << other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; integers.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype; 0 where other is negative
        or not smaller than the number of bits.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.

    >>> import rushlight
    >>> rushlight.bitwise_left_shift(rushlight.tensor([1, 3]), 2)
    tensor([ 4, 12])
    """
    op = LEFT_SHIFT
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def bitwise_right_shift(input, other, *, out=None):
    """Move bits down, the sign's comes in: ``input >> other``.

    Args:
        input, other, out: as for `bitwise_left_shift`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype; 0 (-1 for negative
        numbers) where other is negative or not smaller than the number of bits.

    >>> import rushlight
    >>> rushlight.bitwise_right_shift(rushlight.tensor([4, -4]), 1)
    tensor([ 2, -2])
    """
    op = RIGHT_SHIFT
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _shift_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "shift", "bfc")
    return spec


def _in_range(np, x, y):
    """Which shifts are smaller than the number of bits, and not negative."""
    refuse(x, "shift", "bfc")
    if y.__class__ is float:
        refuse(np.asarray(y), "shift", "f")
    return np.greater_equal(y, 0) & np.less(y, 8 * x.dtype.itemsize)


def _left_eager(backend, x, y):
    np = backend.np
    fits = _in_range(np, x, y)
    if fits.all():
        return np.left_shift(x, y)
    return np.where(fits, np.left_shift(x, np.where(fits, y, 0)), 0).astype(x.dtype)


def _right_eager(backend, x, y):
    np = backend.np
    fits = _in_range(np, x, y)
    if fits.all():
        return np.right_shift(x, y)
    most = 8 * x.dtype.itemsize - 1
    shifted = np.right_shift(x, np.where(fits, y, most).astype(x.dtype))
    # an unsigned number's last bit goes too
    return (
        shifted if x.dtype.kind == "i" else np.where(fits, shifted, 0).astype(x.dtype)
    )


LEFT_SHIFT = define(
    "bitwise_left_shift",
    inputs="x y",
    eager=_left_eager,
    spec=_shift_spec,
    promote=SAME,
)
RIGHT_SHIFT = define(
    "bitwise_right_shift",
    inputs="x y",
    eager=_right_eager,
    spec=_shift_spec,
    promote=SAME,
)
expose(bitwise_left_shift, inplace=LEFT_SHIFT, inplace_torch=False)
expose(bitwise_right_shift, inplace=RIGHT_SHIFT, inplace_torch=False)
attach_operator(
    "lshift", LEFT_SHIFT, reflected=lambda self, other: call2(LEFT_SHIFT, other, self)
)
attach_operator(
    "rshift", RIGHT_SHIFT, reflected=lambda self, other: call2(RIGHT_SHIFT, other, self)
)
