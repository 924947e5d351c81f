"""How special functions are made ops: computed in float64, rounded once."""

import numpy

from rushlight._core.dispatch import call2
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._symbols import lowered_by
from rushlight._ops.specs import float_spec


def floating(x, who):
    """An array of floats as it is, integers as float64; complex is refused."""
    refuse(x, who, "c")
    return x if x.dtype.kind in "fV" else x.astype("float64")


def wide_kernel(np, kernel, who, *arrays):
    """``kernel(np, *arrays)`` in float64, in the dtype of the arrays."""
    arrays = [floating(np.asarray(a), who) for a in arrays]
    dtype = np.result_type(*arrays) if len(arrays) > 1 else arrays[0].dtype
    with numpy.errstate(all="ignore"):
        result = kernel(np, *[a.astype("float64") for a in arrays])
    return np.asarray(result).astype(dtype)


def unary(name, kernel, says, grad=None):
    """An op of one tensor and its public function ``f(input, *, out=None)``.

    Args:
        name: the function's, in torch.special.
        kernel: ``(np, float64 array) -> float64 array``.
        says: the sentence of the docstring.
        grad: the op's rule, if it has a derivative.

    Returns:
        The function; its op is ``function.op``.
    """
    who = f"special.{name}()"

    def eager(backend, x):
        return wide_kernel(backend.np, kernel, who, x)

    def spec(x):
        refuse(x, who, "c")
        return float_spec(x)

    op = define(
        f"special_{name}",
        eager=eager,
        spec=spec,
        grad=grad,
        lower=lowered_by(kernel, "f64"),
        promote=FLOAT,
        passes=400,
        large_from=16,
    )

    def function(input, *, out=None):
        require_tensor(input, who)
        return op.short(input) if out is None else call_out(op, (input,), out)

    function.op = op
    return _named(function, name, says)


def binary(name, kernel, says, grad=None, names="x y"):
    """As `unary`, for two tensors or a tensor and a number."""
    who = f"special.{name}()"

    def eager(backend, x, y):
        np = backend.np
        found = [getattr(a, "dtype", None) for a in (x, y)]
        for array in (x, y):
            if hasattr(array, "dtype"):
                refuse(array, who, "c")
        if None in found:  # a Python number takes the other's dtype
            dtype = found[0] or found[1]
            dtype = dtype if dtype.kind in "fV" else np.dtype("float64")
            x, y = (a if hasattr(a, "dtype") else np.asarray(a, dtype) for a in (x, y))
        return wide_kernel(np, kernel, who, x, y)

    def spec(x, y):
        for operand in (x, y):
            if hasattr(operand, "dtype"):
                refuse(operand, who, "c")
        return float_spec(x, y)

    op = define(
        f"special_{name}",
        inputs=names,
        eager=eager,
        spec=spec,
        grad=grad,
        promote=FLOAT,
    )

    def function(input, other, *, out=None):
        if out is not None:
            return call_out(op, (input, other), out)
        return call2(op, input, other)

    function.op = op
    return _named(function, name, says)


def _named(function, name, says):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{says}\n\n"
        "Integers give the default float dtype; complex tensors raise "
        "NotImplementedError.\n"
    )
    return function
