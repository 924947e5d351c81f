"""Values: llvmlite's builder with the few words that kernels need, scalar or vector."""

import llvmlite.ir as ir
import numpy as np

_FLOATS = {"f32": ir.FloatType(), "f64": ir.DoubleType()}
_INTS = {"f32": ir.IntType(32), "f64": ir.IntType(64)}
INDEX = ir.IntType(64)


class Values:
    """Emits instructions on values of `lanes` elements; lanes 1 means scalars."""

    def __init__(self, module, builder, lanes):
        self.module, self.b, self.lanes = module, builder, lanes

    def type_of(self, dtype):
        """LLVM's type for a dtype at this width."""
        return self._wide(_FLOATS[dtype])

    def int_type_of(self, dtype):
        """The integer type of the same size."""
        return self._wide(_INTS[dtype])

    def _wide(self, scalar):
        return scalar if self.lanes == 1 else ir.VectorType(scalar, self.lanes)

    def const(self, value, dtype):
        """A floating-point constant in every lane."""
        if dtype == "f32":
            value = float(np.float32(value))
        return self._constant(_FLOATS[dtype], value)

    def int_const(self, value, dtype):
        """An integer constant in every lane, as wide as the dtype."""
        return self._constant(_INTS[dtype], value)

    def _constant(self, scalar, value):
        if self.lanes == 1:
            return ir.Constant(scalar, value)
        return ir.Constant(self._wide(scalar), [value] * self.lanes)

    def intrinsic(self, name, dtype, *args):
        """An LLVM intrinsic on values of a dtype."""
        kind = self.type_of(dtype)
        width = "" if self.lanes == 1 else f"v{self.lanes}"
        full = f"llvm.{name}.{width}{dtype}"
        function = self.module.globals.get(full)
        if function is None:
            signature = ir.FunctionType(kind, [kind] * len(args))
            function = ir.Function(self.module, signature, full)
        return self.b.call(function, args)

    def fma(self, x, y, z):
        """``x * y + z``, in one rounding where the machine has it."""
        return self.b.fadd(
            self.b.fmul(x, y, flags=("contract",)), z, flags=("contract",)
        )

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
        kind = ir.VectorType(value.type, self.lanes)
        one = self.b.insert_element(
            ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.b.shuffle_vector(one, ir.Constant(kind, ir.Undefined), mask)
