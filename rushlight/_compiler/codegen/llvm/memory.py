"""Elements of buffers: their addresses, and how they are stored.

A place is a scalar address and, in a vector loop, the step from lane to lane: 1 is a
vector load, 0 one element for all lanes; other steps are loads that are shuffled or put
together; where each lane has a place of its own it is a gather.  Masked gathers are
branches on most machines, so absent lanes are given a harmless place instead.
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
    return widen(v, dtype, _load(v, dtype, pointer, mask))


def _load(v, dtype, pointer, mask):
    kind, align = v.wide(STORED[dtype]), BYTES[dtype]
    if mask is None:
        return v.b.load(kind, pointer, align)
    zero = Value(kind, "zeroinitializer")
    name = f"llvm.masked.load.{_mangled(v, dtype)}.p0"
    return v.b.call(kind, name, pointer, Value("i32", str(align)), mask, zero)


def load_every_other(v, dtype, pointer, mask):
    """Elements two apart (Note [Every other element])."""
    both = [
        _load(v, dtype, place, None if mask is None else _spread(v, mask, lanes))
        for place, lanes in _two_vectors(v, dtype, pointer)
    ]
    lanes = range(0, 2 * v.lanes, 2)  # of the two without the element they share
    lanes = [n if n < v.lanes else n + 1 for n in lanes]
    return widen(v, dtype, v.b.shuffle(both[0], lanes, both[1]))


def store_every_other(v, dtype, value, pointer, mask):
    """Write elements two apart (Note [Every other element])."""
    value, mask = narrow(v, dtype, value), mask or v.first_lanes(v.lanes)
    for place, lanes in _two_vectors(v, dtype, pointer):
        spread = v.b.shuffle(value, [0 if n is None else n for n in lanes])
        _store(v, dtype, spread, place, _spread(v, mask, lanes))


def _two_vectors(v, dtype, pointer):
    """Two places, and for each lane there which one it is for, or None."""
    for start in (0, v.lanes - 1):
        numbers = range(start, start + v.lanes)
        lanes = [None if n % 2 else n // 2 for n in numbers]
        yield element(v, dtype, pointer, i64(start)), lanes


def _spread(v, mask, lanes):
    """A mask's lanes at other places, false where there is none."""
    bits = constant_mask(mask)
    if bits is not None:
        return v.mask([lane is not None and bits[lane] for lane in lanes])
    lanes = [v.lanes if lane is None else lane for lane in lanes]
    return v.b.shuffle(mask, lanes, Value(mask.type, "zeroinitializer"))


def constant_mask(mask):
    """The bits of a mask that is known, or None."""
    if not mask.text.startswith("<"):
        return None
    return [bit.endswith("1") for bit in mask.text[1:-1].split(", ")]


def load_steps(v, dtype, pointer, step):
    """Elements a known step apart, but 1 and 2."""
    kind, scalar, align = v.wide(STORED[dtype]), STORED[dtype], BYTES[dtype]
    if step == -1:
        first = element(v, dtype, pointer, i64(1 - v.lanes))
        loaded = v.b.load(kind, first, align)
        loaded = v.b.shuffle(loaded, range(v.lanes - 1, -1, -1))
    else:
        loaded = Value(kind, "poison")
        for lane in range(v.lanes):
            place = element(v, dtype, pointer, i64(lane * step))
            loaded = v.b.insert(loaded, v.b.load(scalar, place, align), lane)
    return widen(v, dtype, loaded)


def gather(v, dtype, base, places, mask, zero):
    """Elements at the places of each lane; absent lanes read `zero`."""
    kind = v.wide(STORED[dtype])
    pointers = v.b.pointer(STORED[dtype], base, places)
    if mask is not None:
        pointers = v.b.select(mask, pointers, v.splat(zero))
    name = f"llvm.masked.gather.{_mangled(v, dtype)}.v{v.lanes}p0"
    align, rest = Value("i32", str(BYTES[dtype])), Value(kind, "poison")
    always = v.constant("i1", "1")
    return widen(v, dtype, v.b.call(kind, name, pointers, align, always, rest))


def store_scalar(v, dtype, value, pointer):
    """Write an element, narrowed."""
    v.b.store(narrow(v, dtype, value), pointer, BYTES[dtype])


def store_lanes(v, dtype, value, pointer, mask):
    """Write elements side by side."""
    _store(v, dtype, narrow(v, dtype, value), pointer, mask)


def _store(v, dtype, value, pointer, mask):
    align = BYTES[dtype]
    if mask is None:
        v.b.store(value, pointer, align)
        return
    bits = constant_mask(mask)
    if bits is not None and sum(bits) < 2:
        # LLVM (22) writes more than the one lane where it narrows it on the way
        for lane, bit in enumerate(bits):
            if bit:
                place = element(v, dtype, pointer, i64(lane))
                v.b.store(v.b.extract(value, lane), place, align)
        return
    name = f"llvm.masked.store.{_mangled(v, dtype)}.p0"
    v.b.call("void", name, value, pointer, Value("i32", str(align)), mask)


def store_steps(v, dtype, value, pointer, step):
    """Write elements a known step apart."""
    value = narrow(v, dtype, value)
    if step == -1:
        first = element(v, dtype, pointer, i64(1 - v.lanes))
        v.b.store(v.b.shuffle(value, range(v.lanes - 1, -1, -1)), first, BYTES[dtype])
        return
    for lane in range(v.lanes):
        place = element(v, dtype, pointer, i64(lane * step))
        v.b.store(v.b.extract(value, lane), place, BYTES[dtype])


def scatter(v, dtype, value, base, places, mask, nowhere):
    """Write an element at each lane's place; absent lanes write `nowhere`."""
    value = narrow(v, dtype, value)
    pointers = v.b.pointer(STORED[dtype], base, places)
    if mask is not None:
        pointers = v.b.select(mask, pointers, v.splat(nowhere))
    name = f"llvm.masked.scatter.{_mangled(v, dtype)}.v{v.lanes}p0"
    align, always = Value("i32", str(BYTES[dtype])), v.constant("i1", "1")
    v.b.call("void", name, value, pointers, align, always)


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
