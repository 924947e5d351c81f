"""wrapped-bytes: uint8 arithmetic wrapped around, and was then taken for numbers.

# Note [Wrapped on purpose]
# Checksums, hashes and differences that a decoder adds up again wrap on purpose.  They
# stay integers.  So a wrapped difference or sum, or product with 2, 3 or 4, is named
# where it becomes floating-point, or where its absolute value is asked for (a byte is
# its own); a sum also where it is divided by the number of its terms, to a mean.
# Adding 128 turns signed bytes into unsigned ones, and is left alone.  Other products
# and operations on bits mix bytes as hashes do: what comes of them, as in x * 31 + 7,
# is never named, nor is anything computed from what wrapped but its square.
# Floating-point numbers that become bytes are named where one with a fraction lies
# outside 0..255: a mark such as -1 has none.

# Note [Kernels that look]
# Nothing is looked at before the first uint8 tensor is made; then differences and sums
# are; and what may use them for numbers is when the first of them has wrapped.
"""

import weakref
import zlib

import numpy as np

from rushlight._core.table import TABLE
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening

NAME = "wrapped-bytes"
SUMMARY = "uint8 arithmetic wrapped around, and was then taken for numbers"

_BYTE = np.dtype(np.uint8)
_attached = []  # what looks now: "sums", and once one wrapped, "uses"
_MARKS = {}  # id of an array: (weak array, its bytes' checksum, Mark)


class Mark:
    """How an array came about.

    Attributes:
        kind: "difference", "sum", "sum with a number", "multiple" or "mixture".
        wrapped, size: how many of its elements wrapped around, and of how many.
        example: one of them, in words.
        operands: what to convert, in words.
        terms: of a sum.
        place: the line.
    """

    __slots__ = ("kind", "wrapped", "size", "example", "operands", "terms", "place")

    def __init__(self, kind, wrapped=0, size=0, example="", operands="", terms=1):
        self.kind, self.wrapped, self.size = kind, wrapped, size
        self.example, self.operands, self.terms = example, operands, terms
        self.place = user_place() if wrapped else None

    def is_number(self):
        """Whether it stands for numbers that a byte cannot hold."""
        return self.wrapped > 0


MIXTURE = Mark("mixture")


def forget():
    """Start as a fresh process does."""
    _MARKS.clear()


# -------------------------------------------------------------------------- looking


def attach():
    """Look at differences and sums (Note [Kernels that look])."""
    if _attached:
        return
    _attached.append("sums")
    _replace_kernels({"sub": _difference, "rsub": _difference, "add": _sum})
    _replace_kernels(dict.fromkeys(_MIXERS, _mixed))


def _attach_uses():
    if "uses" in _attached:
        return
    _attached.append("uses")
    _replace_kernels(
        {
            "to": _converted,
            "abs": _absolute,
            "pow": _square,
            "div_floor": _divided,
            "floor_divide": _divided,
        }
    )
    for name in ("div", "mul", "add", "sub", "rsub"):
        op = TABLE[name]
        op.check = _checking(name, op.check)


def detach():
    """Stop looking."""
    if not _attached:
        return
    _attached.clear()
    for op in TABLE.values():
        for kernels in (op.kernels, getattr(op, "large", {})):
            kernel = kernels.get(np.ndarray)
            if getattr(kernel, "guard", None) == NAME:
                kernels[np.ndarray] = kernel.unguarded
        if getattr(op.check, "guard", None) == NAME:
            op.check = op.check.unguarded


def _replace_kernels(looks):
    for name, look in looks.items():
        op = TABLE[name]
        tables = [op.kernels] + ([op.large] if hasattr(op, "large") else [])
        for kernels, kernel in [(each, each[np.ndarray]) for each in tables]:
            kernels[np.ndarray] = _looking(name, kernel, look)


def _looking(name, kernel, look):
    def looking(*arrays, **attrs):
        mark = look(name, *arrays[:2], **attrs)
        result = kernel(*arrays, **attrs)
        if mark is not None:
            _keep(result, mark)
        return result

    looking.unguarded, looking.guard = kernel, NAME
    return looking


def _checking(name, check):
    def checking(*inputs, **attrs):
        _meets(name, inputs)
        return None if check is None else check(*inputs, **attrs)

    checking.unguarded, checking.guard = check, NAME
    return checking


# ---------------------------------------------------------------------------- marks


def _keep(array, mark):
    if array.__class__ is not np.ndarray or len(_MARKS) >= 256:
        return
    key = id(array)
    gone = weakref.ref(array, lambda _: _MARKS.pop(key, None))
    held = None if mark is MIXTURE else zlib.crc32(np.ascontiguousarray(array))
    _MARKS[key] = gone, held, mark
    if mark.wrapped:
        _attach_uses()


def _mark_of(array):
    """The mark of an array, or of the whole that it shows, if it was not written to."""
    for each in (array, getattr(array, "base", None)):
        entry = _MARKS.get(id(each)) if _MARKS else None
        if entry is not None and entry[0]() is each:
            held = entry[1]
            if held is None or zlib.crc32(np.ascontiguousarray(each)) == held:
                return entry[2]
            del _MARKS[id(each)]
    return None


_MIXERS = (
    "mul remainder bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift "
    "bitwise_right_shift"
).split()


def _is_bytes(x, y):
    """Whether bytes meet bytes, or a number that is not a negative one in disguise."""
    if getattr(x, "dtype", None) is not _BYTE or not is_listening(NAME):
        return False
    return y.__class__ is int or getattr(y, "ndim", 0) > 0


def _mixed(name, x, y=0):
    if getattr(x, "dtype", None) is not _BYTE:
        return None
    mark = _mark_of(x)
    if y is x and mark is not None and mark.is_number():
        return mark
    if mark is None and name == "mul" and y.__class__ is int and 2 <= y <= 4:
        return _multiple(x, y)
    return MIXTURE


def _multiple(x, y):
    above = x > 255 // y
    count = int(np.count_nonzero(above))
    if not count:
        return None
    first = int(x[above][0])
    example = f"{first} * {y} became {first * y % 256}"
    return Mark("multiple", count, x.size, example, f"x.float() * {y}")


def _difference(name, x, y):
    if not _is_bytes(x, y):
        return None
    marks = _mark_of(x), _mark_of(y)
    if marks != (None, None):
        return MIXTURE if MIXTURE in marks else None
    first, second = (x, y) if name == "sub" else (y, x)
    below = np.less(first, second)
    count = int(np.count_nonzero(below))
    if not count:
        return None
    a, b = (int(np.broadcast_to(v, below.shape)[below][0]) for v in (first, second))
    tensors = "a.float() - b.float()" if np.ndim(y) else f"x.float() - {y}"
    operands = tensors if name == "sub" or np.ndim(y) else f"{y} - x.float()"
    example = f"{a} - {b} became {a - b + 256}"
    return Mark("difference", count, below.size, example, operands)


def _sum(name, x, y):
    if not _is_bytes(x, y):
        return None
    marks = _mark_of(x), _mark_of(y)
    if MIXTURE in marks:
        return MIXTURE
    signed = y.__class__ is int and y == 128
    if signed or any(mark and mark.kind != "sum" for mark in marks):
        return None  # what was subtracted is added up again
    total = np.add(x, y, dtype=np.uint16)
    above = total > 255
    count = int(np.count_nonzero(above))
    high = int(total[above][0]) if count else 0
    example = f"{high} became {high - 256}"
    if not np.ndim(y):
        words = "sum with a number", count, total.size, example, f"x.float() + {y}"
        return Mark(*words) if count and marks == (None, None) else None
    terms = sum(mark.terms if mark else 1 for mark in marks)
    count += sum(mark.wrapped for mark in marks if mark)
    example = example if high else "above 255"
    return Mark("sum", count, total.size, example, "a.float() + b.float()", terms)


# ----------------------------------------------------------------------------- uses


def narrowing(array):
    """An array is about to be converted to bytes."""
    if array.__class__ is not np.ndarray or array.dtype.kind != "f" or not array.size:
        return
    if array.min() > -1 and array.max() < 256 or not is_listening(NAME):
        return
    outside = (array <= -1) | (array >= 256)
    values = array[outside]
    values = values[np.isfinite(values) & (values != np.trunc(values))]
    if not values.size:
        return
    first = float(values[0])
    found(
        NAME,
        saw=f"{int(np.count_nonzero(outside))} of {array.size} values converted to "
        f"uint8 lie outside 0..255 (from {array.min():.4g} to {array.max():.4g})",
        why=f"They wrap around: {first:.4g} becomes {int(first) % 256}",
        do="limit them first: x.clamp(0, 255).to(torch.uint8), after scaling to 0..255",
    )


def _converted(name, x, *, dtype, format=None):
    if getattr(x, "dtype", None) is not _BYTE or dtype.numpy.kind not in "fV":
        return
    mark = _mark_of(x)
    if mark is not None and mark.is_number():
        _say(mark, f"was converted to {dtype}")


def _absolute(name, x):
    mark = _mark_of(x)
    if mark is not None and mark.is_number():
        _say(mark, "was given to abs(), which changes no uint8")


def _square(name, x, y):
    mark = _mark_of(x)
    return mark if mark is not None and mark.is_number() else None


def _divided(name, x, y):
    mark = _mark_of(x)
    if mark is not None and mark.kind == "sum" and mark.is_number():
        if np.ndim(y) == 0 and y == mark.terms:
            _say(mark, f"was divided by {mark.terms}, to a mean")


def _meets(name, inputs):
    """Operands meet that are to be promoted: bytes and floats, or a true division."""
    arrays = [getattr(value, "_array", value) for value in inputs]
    for array, other in (arrays[:2], arrays[1::-1]):
        mark = _mark_of(array)
        if mark is None:
            continue
        if not mark.is_number():
            continue
        if name == "div" and mark.kind == "sum":
            _divided(name, array, other)
        if name == "div" or _is_float(other):
            _say(mark, "met floating-point numbers" if name != "div" else "was divided")


def _is_float(value):
    return value.__class__ is float or getattr(value, "dtype", _BYTE).kind in "fV"


def _say(mark, use):
    where = user_place()
    line = f" at {where}" if where != mark.place else ""
    found(
        NAME,
        saw=f"{mark.wrapped} of {mark.size} elements of a {mark.kind} of uint8 wrapped "
        f"around ({mark.example}), and the result {use}{line}",
        why="A uint8 holds 0 to 255: what lies outside comes in again at the other end",
        do=f"convert first: {mark.operands}",
        place=mark.place,
    )
