"""Comparisons element by element: eq, ne, lt, le, gt, ge, and their operators."""

from rushlight._base.spec import Spec
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import COMPARE, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._operators import attach_binary
from rushlight._ops.specs import compare_spec

# ---------------------------------------------------------------------------- eq, ne


def eq(input, other, *, out=None):
    """Whether elements are equal: ``input == other``; nan equals nothing.

    Args:
        input: (*), any dtype.
        other: a tensor of a shape that broadcasts, or a number.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, bool.

    Raises:
        RuntimeError: where the shapes do not broadcast.
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.eq(rushlight.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return call2(EQ, input, other) if out is None else call_out(EQ, (input, other), out)


def ne(input, other, *, out=None):
    """Whether elements differ: ``input != other``.

    Args:
        input, other, out: as for `eq`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.ne(rushlight.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return call2(NE, input, other) if out is None else call_out(NE, (input, other), out)


def _check_first(x, y):
    require_tensor(x, "comparison")


def _eq_lower(k, x, y):
    return k.eq(x, y)


def _ne_lower(k, x, y):
    return k.ne(x, y)


EQ = define(
    "eq",
    inputs="x y",
    eager="equal",
    spec=compare_spec,
    lower=_eq_lower,
    promote=COMPARE,
    check=_check_first,
)
NE = define(
    "ne",
    inputs="x y",
    eager="not_equal",
    spec=compare_spec,
    lower=_ne_lower,
    promote=COMPARE,
    check=_check_first,
)
expose(eq, inplace=EQ, inplace_torch=False)
expose(ne, inplace=NE, inplace_torch=False, aliases=["not_equal"])
attach_binary("eq", EQ)
attach_binary("ne", NE)

# -------------------------------------------------------------------- lt, le, gt, ge


def lt(input, other, *, out=None):
    """Whether elements are smaller: ``input < other``; False where one is nan.

    Args:
        input: (*), any dtype but complex.
        other: a tensor of a shape that broadcasts, or a number.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape, bool.

    Raises:
        RuntimeError: where the shapes do not broadcast, and for complex tensors.
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.lt(rushlight.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return call2(LT, input, other) if out is None else call_out(LT, (input, other), out)


def le(input, other, *, out=None):
    """Whether elements are smaller or equal: ``input <= other``.

    Args:
        input, other, out: as for `lt`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.le(rushlight.tensor([1, 2, 3]), 2)
    tensor([ True,  True, False])
    """
    return call2(LE, input, other) if out is None else call_out(LE, (input, other), out)


def gt(input, other, *, out=None):
    """Whether elements are greater: ``input > other``.

    Args:
        input, other, out: as for `lt`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.gt(rushlight.tensor([1, 2, 3]), 2)
    tensor([False, False,  True])
    """
    return call2(GT, input, other) if out is None else call_out(GT, (input, other), out)


def ge(input, other, *, out=None):
    """Whether elements are greater or equal: ``input >= other``.

    Args:
        input, other, out: as for `lt`.

    Returns:
        Tensor: of the broadcast shape, bool.

    >>> import rushlight
    >>> rushlight.ge(rushlight.tensor([1, 2, 3]), 2)
    tensor([False,  True,  True])
    """
    return call2(GE, input, other) if out is None else call_out(GE, (input, other), out)


def _check_order(x, y):
    require_tensor(x, "comparison")
    for operand in (x, y):
        _refuse_complex(getattr(operand, "_array", operand))


def _order_spec(x, y):
    _refuse_complex(x)
    _refuse_complex(y)
    return compare_spec(x, y)


def _refuse_complex(x):
    """NumPy orders complex numbers; torch does not."""
    if x.__class__ is complex:
        x = Spec((), "c8")
    if getattr(x, "dtype", None) is not None and x.dtype.kind == "c":
        refuse(x, "comparison by <, <=, > or >=", "c")


def _lt_lower(k, x, y):
    return k.lt(x, y)


def _le_lower(k, x, y):
    return k.le(x, y)


def _gt_lower(k, x, y):
    return k.lt(y, x)


def _ge_lower(k, x, y):
    return k.le(y, x)


def _define(name, eager, lower):
    return define(
        name,
        inputs="x y",
        eager=eager,
        spec=_order_spec,
        lower=lower,
        promote=COMPARE,
        check=_check_order,
    )


LT = _define("lt", "less", _lt_lower)
LE = _define("le", "less_equal", _le_lower)
GT = _define("gt", "greater", _gt_lower)
GE = _define("ge", "greater_equal", _ge_lower)
expose(lt, inplace=LT, inplace_torch=False, aliases=["less"])
expose(le, inplace=LE, inplace_torch=False, aliases=["less_equal"])
expose(gt, inplace=GT, inplace_torch=False, aliases=["greater"])
expose(ge, inplace=GE, inplace_torch=False, aliases=["greater_equal"])
for _name, _op in (("lt", LT), ("le", LE), ("gt", GT), ("ge", GE)):
    attach_binary(_name, _op)
