"""torch's type promotion: which dtype two operands meet in.

A Python number or a 0-d tensor does not widen a tensor with dimensions unless it is
of a higher category (bool < integer < float < complex).  See Note [Promotion].

# Note [Promotion]
# Three groups take part, in falling priority: tensors with dimensions, 0-d tensors,
# Python numbers.  Each group is promoted within itself by `promote_types`; then a
# lower group counts only where its category is higher than what stands above it.
"""

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.dtype import ALL_DTYPES, BOOL, BY_NUMPY, COMPLEX, FLOAT, INTEGER
from rushlight._base.errors import DtypeError, explain

_WIDE_UNSIGNED = (dtypes.uint16, dtypes.uint32, dtypes.uint64)
_SIGNED = (dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)


def _promote_integers(a, b):
    if a in _WIDE_UNSIGNED or b in _WIDE_UNSIGNED:
        raise DtypeError(
            explain(
                "type promotion",
                expected="integer types that have a common type",
                got=f"{a} and {b}",
                do="Convert one of them with .to(dtype).",
            )
        )
    if dtypes.uint8 in (a, b):
        other = b if a is dtypes.uint8 else a
        return dtypes.int16 if other is dtypes.int8 else other
    return max(a, b, key=_SIGNED.index)


def _promote_floats(a, b):
    if {a, b} == {dtypes.float16, dtypes.bfloat16}:
        return dtypes.float32
    return a if a.itemsize >= b.itemsize else b


def _promote(a, b):
    if a is b:
        return a
    low, high = (a, b) if a.category <= b.category else (b, a)
    if high.category == COMPLEX:
        wide = dtypes.float64 in (low, high) or dtypes.complex128 in (low, high)
        return dtypes.complex128 if wide else dtypes.complex64
    if low.category < high.category:
        return high
    return (_promote_integers if high.category == INTEGER else _promote_floats)(a, b)


def _table():
    table = {}
    for a in ALL_DTYPES:
        for b in ALL_DTYPES:
            try:
                table[a, b] = _promote(a, b)
            except DtypeError:
                continue
    return table


_TABLE = _table()


def promote_types(type1, type2):
    """The smallest dtype that both types convert to, by torch's lattice.

    Args:
        type1, type2: dtypes.

    Returns:
        A dtype.

    Raises:
        RuntimeError: where torch has no common type (wide unsigned integers).

    >>> promote_types(dtypes.int64, dtypes.float16)
    torch.float16
    """
    found = _TABLE.get((type1, type2))
    return _promote(type1, type2) if found is None else found


def scalar_dtype(value):
    """The dtype that a Python number stands for in promotion."""
    if isinstance(value, complex):
        return config.default_complex_dtype()
    if isinstance(value, float):
        return config.default_dtype()
    return dtypes.bool if value is True or value is False else dtypes.int64


def _combine(higher, lower):
    if higher is None or lower is None:
        return lower if higher is None else higher
    if higher.category == COMPLEX:
        return higher
    if higher.category == FLOAT:
        complex_ = lower.category == COMPLEX
        return promote_types(higher, dtypes.complex64) if complex_ else higher
    if higher.category == BOOL or lower.category >= FLOAT:
        return promote_types(higher, lower)
    return higher


def result_dtype(operands):
    """The dtype in which an operation on these operands is computed.

    Args:
        operands: arrays (anything with ``dtype`` and ``shape``) and Python numbers.

    Returns:
        A dtype (Note [Promotion]).
    """
    dimensioned = zero_dim = number = None
    for operand in operands:
        if hasattr(operand, "dtype"):
            found = BY_NUMPY[operand.dtype]
            if operand.shape:
                dimensioned = promote_types(dimensioned or found, found)
            else:
                zero_dim = promote_types(zero_dim or found, found)
        else:
            found = scalar_dtype(operand)
            number = promote_types(number or found, found)
    return _combine(dimensioned, _combine(zero_dim, number))


def can_cast(from_, to):
    """Whether torch lets a value of one dtype be written into another.

    Args:
        from_, to: dtypes.

    Returns:
        bool: False where the category would fall (float into int, complex into
        float) or a number would be written into a bool.

    >>> can_cast(dtypes.float64, dtypes.float16), can_cast(dtypes.float32, dtypes.int8)
    (True, False)
    """
    return from_.category <= to.category
