"""Elements of buffers: their addresses, and how they are stored.

A place is a scalar address and, in a vector loop, the step from lane to lane: 1 is a
vector load, 0 one element for all lanes, another step or a place of its own for each
lane is a gather.
"""

from rushlight._compiler.codegen.llvm import halves
from rushlight._compiler.codegen.llvm.writer import Value, i64
from rushlight._compiler.loops.ir import BYTES

STORED = {"bool": "i8", "u8": "i8", "i32": "i32", "i64": "i64"}
STORED |= {"f16": "half", "bf16": "i16", "f32": "float", "f64": "double"}
_LABELS = {"float": "f32", "double": "f64", "half": "f16"}


def load_scalar(v, dtype, pointer, condition=None, zero=None):
    """An element, widened; 0 where a condition is false, which reads `zero`."""
    if condition is not None:
        pointer = v.b.select(condition, pointer, zero)
    return widen(v, dtype, v.b.load(v.wide(STORED[dtype]), pointer, BYTES[dtype]))


def load_lanes(v, dtype, pointer, mask):
    """Elements that lie side by side."""
    kind, align = v.wide(STORED[dtype]), BYTES[dtype]
    if mask is None:
        return widen(v, dtype, v.b.load(kind, pointer, align))
    zero = Value(kind, "zeroinitializer")
    name = f"llvm.masked.load.{_mangled(v, dtype)}.p0"
    loaded = v.b.call(kind, name, pointer, Value("i32", str(align)), mask, zero)
    return widen(v, dtype, loaded)


def gather(v, dtype, base, places, mask):
    """Elements at the places of each lane."""
    kind = v.wide(STORED[dtype])
    pointers = v.b.pointer(STORED[dtype], base, places)
    name = f"llvm.masked.gather.{_mangled(v, dtype)}.v{v.lanes}p0"
    mask = mask or v.constant("i1", "1")
    align, zero = Value("i32", str(BYTES[dtype])), Value(kind, "zeroinitializer")
    return widen(v, dtype, v.b.call(kind, name, pointers, align, mask, zero))


def store_scalar(v, dtype, value, pointer):
    """Write an element, narrowed."""
    v.b.store(narrow(v, dtype, value), pointer, BYTES[dtype])


def store_lanes(v, dtype, value, pointer, mask):
    """Write elements side by side."""
    value = narrow(v, dtype, value)
    if mask is None:
        v.b.store(value, pointer, BYTES[dtype])
        return
    name = f"llvm.masked.store.{_mangled(v, dtype)}.p0"
    v.b.call("void", name, value, pointer, Value("i32", str(BYTES[dtype])), mask)


def scatter(v, dtype, value, base, places, mask):
    """Write an element at each lane's place."""
    value = narrow(v, dtype, value)
    pointers = v.b.pointer(STORED[dtype], base, places)
    name = f"llvm.masked.scatter.{_mangled(v, dtype)}.v{v.lanes}p0"
    mask = mask or v.constant("i1", "1")
    align = Value("i32", str(BYTES[dtype]))
    v.b.call("void", name, value, pointers, align, mask)


def element(v, dtype, base, place):
    """The address of an element."""
    return v.b.pointer(STORED[dtype], base, place)


def lane_places(v, place, step):
    """The places of the lanes, from that of the first and the step."""
    return v.add(v.splat(place), v.lane_numbers(step))


def scaled(v, index, step):
    """``index * step``, or None where that is 0."""
    if index.text.lstrip("-").isdecimal():
        return i64(int(index.text) * step)
    return index if step == 1 else v.mul(index, i64(step))


def _mangled(v, dtype):
    kind = STORED[dtype]
    return f"v{v.lanes}{_LABELS.get(kind, kind)}"


def widen(v, dtype, stored):
    """A stored element as arithmetic takes it (Note [Storage] in loops/ir.py)."""
    b = v.b
    if dtype == "bool":
        return b.icmp("ne", stored, v.constant("i8", "0"))
    if dtype in ("u8", "i32"):
        return b.convert("zext" if dtype == "u8" else "sext", stored, v.wide("i64"))
    if dtype == "f16":
        return halves.from_f16(v, stored)
    if dtype == "bf16":
        return halves.from_bf16(v, stored)
    return stored


def narrow(v, dtype, value):
    """A value as it is stored."""
    b = v.b
    if dtype == "bool":
        return b.convert("zext", value, v.wide("i8"))
    if dtype in ("u8", "i32"):
        return b.convert("trunc", value, v.wide(STORED[dtype]))
    if dtype == "f16":
        return halves.to_f16(v, value)
    if dtype == "bf16":
        return halves.to_bf16(v, value)
    return value
