"""Writer: LLVM's text, one instruction at a time.

Kernels are small and compiled while a script waits, so the text is written directly.
A `Value` is an operand with its type; the methods are named after LLVM's instructions.
"""

import struct
from typing import NamedTuple


class Value(NamedTuple):
    """An operand: its type and its text."""

    type: str
    text: str

    def __str__(self):
        return f"{self.type} {self.text}"


def i64(number):
    """A constant of the type that indices have."""
    return Value("i64", str(number))


def float_text(number):
    """A float's bits as LLVM writes them."""
    return f"0x{struct.unpack('>Q', struct.pack('>d', number))[0]:016X}"


class Writer:
    """Collects the lines of one function; declarations go to a set of the module's."""

    def __init__(self, declarations):
        self.declarations = declarations
        self.entry, self.lines = [], []
        self.block = "entry"
        self._count, self._known = 0, {}

    def text(self):
        """The function's body."""
        return "\n".join(["entry:", *self.entry, *self.lines])

    def name(self, hint="v"):
        """A name not used before."""
        self._count += 1
        return f"{hint}{self._count}"

    def op(self, kind, text):
        """An instruction with a result and no other effect, once in each block."""
        if text not in self._known:
            self._known[text] = self.effect(kind, text)
        return self._known[text]

    def effect(self, kind, text):
        """An instruction with a result that depends on when it is run."""
        name = f"%{self.name()}"
        self.lines.append(f"  {name} = {text}")
        return Value(kind, name)

    def line(self, text):
        """An instruction without a result."""
        self.lines.append(f"  {text}")

    def binary(self, op, x, y):
        """An instruction on two operands of a type."""
        return self.op(x.type, f"{op} {x}, {y.text}")

    def fcmp(self, order, x, y):
        """A comparison of floats, as ``"olt"``."""
        return self.op(truth_type(x.type), f"fcmp {order} {x}, {y.text}")

    def icmp(self, order, x, y):
        """A comparison of integers, as ``"slt"``."""
        return self.op(truth_type(x.type), f"icmp {order} {x}, {y.text}")

    def select(self, condition, x, y):
        """x where the condition is true, else y."""
        return self.op(x.type, f"select {condition}, {x}, {y}")

    def convert(self, op, x, kind):
        """A conversion to another type, as ``"fpext"``."""
        return self.op(kind, f"{op} {x} to {kind}")

    def bitcast(self, x, kind):
        """The same bits as another type."""
        return self.convert("bitcast", x, kind)

    def call(self, kind, name, *args, pure=False):
        """A call of a declared function; kind "void" has no result."""
        types = ", ".join(a.type for a in args)
        self.declarations.add(f"declare {kind} @{name}({types})")
        text = f"call {kind} @{name}({', '.join(map(str, args))})"
        if kind == "void":
            return self.line(text)
        return self.op(kind, text) if pure else self.effect(kind, text)

    def alloca(self, kind):
        """Memory of the function's own."""
        name = f"%{self.name()}"
        self.entry.append(f"  {name} = alloca {kind}, align 64")
        return Value("ptr", name)

    def load(self, kind, pointer, align):
        """The value at an address."""
        return self.effect(kind, f"load {kind}, {pointer}, align {align}")

    def store(self, value, pointer, align):
        """Write a value to an address."""
        self.line(f"store {value}, {pointer}, align {align}")

    def pointer(self, kind, base, place):
        """The address of an element of an array (of each, for a vector of places)."""
        result = place.type.replace("i64", "ptr")
        text = f"getelementptr inbounds {kind}, {base}, {place}"
        return self.op(result, text)

    def extract(self, vector, lane):
        """One lane of a vector."""
        return self.op(scalar_type(vector.type), f"extractelement {vector}, i64 {lane}")

    def insert(self, vector, value, lane):
        """A vector with one lane replaced."""
        return self.op(vector.type, f"insertelement {vector}, {value}, i64 {lane}")

    def shuffle(self, vector, lanes, other=None):
        """Lanes of a vector, or of it followed by another one, by their numbers."""
        kind = vector_type(scalar_type(vector.type), len(lanes))
        other = other or Value(vector.type, "poison")
        numbers = ", ".join(f"i32 {lane}" for lane in lanes)
        mask = f"<{len(lanes)} x i32> <{numbers}>"
        return self.op(kind, f"shufflevector {vector}, {other}, {mask}")

    def halves(self, vector, lanes):
        """The first and the last so many lanes; a single lane is a scalar."""
        if lanes == 1:
            return self.extract(vector, 0), self.extract(vector, 1)
        both = range(lanes), range(lanes, 2 * lanes)
        return tuple(self.shuffle(vector, part) for part in both)

    def label(self, name):
        """Begin a block."""
        self.block, self._known = name, {}
        self.lines.append(f"{name}:")

    def branch(self, label):
        """Go to a block."""
        self.line(f"br label %{label}")

    def branch_if(self, condition, then, otherwise):
        """Go to one of two blocks."""
        self.line(f"br {condition}, label %{then}, label %{otherwise}")

    def when(self, condition, body):
        """Run what `body` writes where a condition holds."""
        inside, after = self.name("then"), self.name("after")
        self.branch_if(condition, inside, after)
        self.label(inside)
        body()
        self.branch(after)
        self.label(after)

    def counted(self, start, stop, step, body):
        """Run what ``body(counter)`` writes from start in steps, at least once."""
        inside, after, before = self.name("loop"), self.name("after"), self.block
        self.branch(inside)
        self.label(inside)
        counter = Value("i64", f"%{self.name('i')}")
        slot = len(self.lines)
        self.lines.append("")
        body(counter)
        following = self.op("i64", f"add nsw {counter}, {step}")
        ways = f"[{start.text}, %{before}], [{following.text}, %{self.block}]"
        self.lines[slot] = f"  {counter.text} = phi i64 {ways}"
        self.branch_if(self.icmp("slt", following, stop), inside, after)
        self.label(after)


def vector_type(scalar, lanes):
    """The type of so many lanes; one lane is a scalar."""
    return scalar if lanes == 1 else f"<{lanes} x {scalar}>"


def scalar_type(kind):
    """The type of a vector's lanes."""
    return kind[1:-1].split(" x ")[1] if kind[0] == "<" else kind


def truth_type(kind):
    """The type of a comparison of two values of a type."""
    return f"{kind.split(' x ')[0]} x i1>" if kind[0] == "<" else "i1"
