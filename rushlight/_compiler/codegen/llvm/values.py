"""Values: a writer with the few words that kernels need, scalar or vector."""

import numpy as np

from rushlight._compiler.codegen.llvm.writer import Value, float_text, vector_type

#: LLVM's types of the dtypes of arithmetic.
SCALARS = {"f32": "float", "f64": "double", "i64": "i64", "bool": "i1"}
_INTS = {"f32": "i32", "f64": "i64"}
_BINARY = "fadd fsub fmul fdiv add sub mul shl ashr lshr and or xor".split()


class Values:
    """Writes instructions on values of `lanes` elements; lanes 1 means scalars.

    Besides what stands here, every instruction of two operands is a method of LLVM's
    name (`and_` and `or_` where Python has the word).
    """

    def __init__(self, writer, lanes):
        self.b, self.lanes = writer, lanes

    def wide(self, scalar):
        """LLVM's type of this width."""
        return vector_type(scalar, self.lanes)

    def type_of(self, dtype):
        """LLVM's type for a dtype at this width."""
        return self.wide(SCALARS[dtype])

    def int_type_of(self, dtype):
        """The integer type of the same size."""
        return self.wide(_INTS[dtype])

    def const(self, value, dtype):
        """A constant in every lane."""
        if dtype == "f32":
            with np.errstate(over="ignore"):
                value = float(np.float32(value))
        if dtype in _INTS:
            return self.constant(SCALARS[dtype], float_text(value))
        return self.constant(SCALARS[dtype], str(int(value)))

    def int_const(self, value, dtype):
        """An integer constant in every lane, as wide as the dtype."""
        return self.constant(_INTS[dtype], str(value))

    def constant(self, scalar, text):
        """A constant of LLVM's type in every lane."""
        if self.lanes > 1:
            text = f"splat ({scalar} {text})"
        return Value(self.wide(scalar), text)

    def lane_numbers(self, step=1):
        """0, 1, 2, ... times a step, as i64."""
        if self.lanes == 1:
            return Value("i64", "0")
        numbers = ", ".join(f"i64 {lane * step}" for lane in range(self.lanes))
        return Value(self.wide("i64"), f"<{numbers}>")

    def first_lanes(self, count):
        """A mask of the first lanes."""
        return self.mask([lane < count for lane in range(self.lanes)])

    def mask(self, bits):
        """A constant mask."""
        return Value(
            self.wide("i1"), f"<{', '.join(f'i1 {int(bit)}' for bit in bits)}>"
        )

    def intrinsic(self, name, dtype, *args):
        """An LLVM intrinsic on values of a dtype."""
        width = "" if self.lanes == 1 else f"v{self.lanes}"
        name = f"llvm.{name}.{width}{dtype}"
        return self.b.call(self.type_of(dtype), name, *args, pure=True)

    def each_lane(self, function, dtype, *args):
        """A function of the C library, called for one lane after another."""
        kind = SCALARS[dtype]
        if self.lanes == 1:
            return self.b.call(kind, function, *args)
        result = Value(self.type_of(dtype), "poison")
        for lane in range(self.lanes):
            of_lane = [self.b.extract(arg, lane) for arg in args]
            done = self.b.call(kind, function, *of_lane)
            result = self.b.insert(result, done, lane)
        return result

    def fma(self, x, y, z):
        """``x * y + z``, in one rounding where the machine has it."""
        width = "" if self.lanes == 1 else f"v{self.lanes}"
        dtype = "f32" if "float" in x.type else "f64"
        name = f"llvm.fmuladd.{width}{dtype}"
        return self.b.call(x.type, name, x, y, z, pure=True)

    def ldexp(self, x, n):
        """``x * 2^n`` for float32 and int32, in one rounding."""
        width = "" if self.lanes == 1 else f"v{self.lanes}"
        name = f"llvm.ldexp.{width}f32.{width}i32"
        return self.b.call(x.type, name, x, n, pure=True)

    def polynomial(self, x, coefficients, dtype):
        """``c0 + c1 x + c2 x^2 ...`` by Horner's rule."""
        *rest, last = coefficients
        total = self.const(last, dtype)
        for coefficient in reversed(rest):
            total = self.fma(total, x, self.const(coefficient, dtype))
        return total

    def splat(self, value):
        """A scalar in every lane."""
        if self.lanes == 1:
            return value
        one = self.b.insert(Value(self.wide(value.type), "poison"), value, 0)
        return self.b.shuffle(one, [0] * self.lanes)

    def freeze(self, x):
        """x, or some value where LLVM says that x is none."""
        return self.b.op(x.type, f"freeze {x}")

    def any(self, truth):
        """Whether a truth holds in any lane."""
        if self.lanes == 1:
            return truth
        bits = self.b.bitcast(truth, f"i{self.lanes}")
        return self.b.icmp("ne", bits, Value(bits.type, "0"))

    def fneg(self, x):
        """``-x``."""
        return self.b.op(x.type, f"fneg {x}")

    def not_(self, x):
        """Where x is false."""
        return self.b.binary("xor", x, self.constant("i1", "1"))


def _method(op):
    return lambda self, x, y: self.b.binary(op, x, y)


for _op in _BINARY:
    setattr(Values, f"{_op}_" if _op in ("and", "or") else _op, _method(_op))
