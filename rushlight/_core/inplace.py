"""In-place forms: write a result into a tensor, which takes over its history.

# Note [Seen writes]
# Whatever writes to the memory of a tensor that exists shows interceptors a Call with
# that tensor as its `target`, whose op gives the target's new values from its old ones
# (the call's first input) and the other inputs: an op's own in-place form, or WRITE
# where the new values were computed before.  The short paths, which write at once, are
# not taken while anyone looks.  What only makes a tensor show other memory (`set_`,
# `resize_`, `.data = `, `t_`) is no write.
"""

import numpy as np

from rushlight._backends import backend_of
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    GraphError,
    ShapeError,
    explain,
)
from rushlight._base.promote import can_cast
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call, run
from rushlight._core.intercept import Call, intercepted
from rushlight._core.node import AccumulateGrad
from rushlight._core.operands import KEPT
from rushlight._core.rewriting import Overwritten, rewrite_history
from rushlight._core.state import GRAD_MODE, STATE
from rushlight._core.storage import memory_of
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap

_NUMBERS = frozenset((float, int, bool))


def inplace2(op, x, y):
    """``x = op(x, y)`` in x's memory: the short path for a ufunc without recording."""
    if not STATE.special and x._edge is None:
        try:
            array = x._array
            if 0 in array.strides:
                check_no_overlap(array, f"{op.name}_()")
            kernels = op.kernels if array.size < op.large_from else op.large
            if y.__class__ in _NUMBERS and array.itemsize != 2:
                number, kept = y, KEPT.get(array.dtype) if y else None
                if kept is not None and array.__class__ is np.ndarray:
                    number = kept[y]  # Note [Kept numbers]
                kernels[array.__class__](array, number, array)
                bump(x)
                return x
            if y._edge is None and y._array.dtype is array.dtype:
                kernels[array.__class__](array, y._array, array)
                bump(x)
                return x
        except RuntimeWarning:  # raised after the values were written
            bump(x)
            return x
        except Exception:  # noqa: BLE001, S110 - the careful path words the error
            pass
    return inplace(op, x, y)


def inplace(op, x, *others, **attrs):
    """``x = op(x, *others)`` in x's memory, recorded where a gradient is wanted."""
    if not isinstance(x, Tensor):
        raise no_target(f"{op.name}_()", x)
    if not op.one_value:
        check_no_overlap(x._array, f"{op.name}_()")
    made = Call(op, (x, *others), attrs, x)
    return intercepted(made, _operation) if STATE.special else _operation(made)


def _operation(call):
    op, x, others = call.op, call.target, call.inputs[1:]
    recording = GRAD_MODE.get() and any(
        getattr(t, "_edge", None) is not None for t in call.inputs
    )
    if recording:
        check_writable(x, f"{op.name}_()")
    copies = recording and op.saves_first and x._array.__class__ is not Spec
    old = wrap(x._array.copy() if copies else x._array)
    old._edge = x._edge
    result = run(op, (old, *others), call.attrs)
    write(x, result, f"{op.name}_()")
    return x


def no_target(who, x):
    """The error for an in-place form of what is no tensor."""
    return ArgumentTypeError(
        explain(
            who,
            expected="a Tensor to write into",
            got=type(x).__name__,
            do="Convert it with torch.tensor.",
        )
    )


def check_no_overlap(array, who):
    """Refuse to write where several elements share one place."""
    if 0 not in array.strides or 0 in array.shape:
        return
    if any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a tensor whose elements have memory of their own",
                got="unsupported operation: more than one element of the written-to "
                "tensor refers to a single memory location (it was expanded)",
                do="Call .clone() on it before you write to it.",
            )
        )


def overwrite(x, result, who):
    """`write` what was computed elsewhere, seen by interceptors (Note [Seen writes]).

    Args:
        x: the tensor to write to.
        result: a tensor of x's shape, of a dtype that x's can hold.
        who: the function, for errors.
    """
    if not STATE.special:
        write(x, result, who)
    else:
        made = Call(WRITE, (x, result), {}, x)
        intercepted(made, lambda made: write(x, made.inputs[1], who))


def write(x, result, who):
    """Copy a result into x's memory, seen by no one; x takes over its history."""
    array, new = x._array, result._array
    if new.shape != array.shape:
        raise ShapeError(
            explain(
                who,
                expected=f"a result that fits the output's shape {list(array.shape)}",
                got=f"the broadcast shape {list(new.shape)}",
                do="An in-place operation cannot enlarge a tensor; use the form "
                "without the underscore.",
            )
        )
    if new.dtype != array.dtype:
        check_castable(new.dtype, array.dtype, who)
    store(array, new)
    bump(x)
    if result._edge is not None:
        rewrite_history(x, result._edge)
    elif x._edge is not None and GRAD_MODE.get():
        rewrite_history(x, Overwritten(x))


def store(array, new):
    """Copy values into an array of the same shape, converting them."""
    if array.__class__ is np.ndarray:
        with np.errstate(all="ignore"):
            np.copyto(array, new, casting="unsafe")
    elif hasattr(array, "get"):
        array[...] = new


def check_castable(from_, to, who):
    """Refuse a result whose category the output's dtype cannot hold."""
    if not can_cast(BY_NUMPY[from_], BY_NUMPY[to]):
        raise DtypeError(
            explain(
                who,
                expected=f"a result that can be cast to the output's {BY_NUMPY[to]}",
                got=f"result type {BY_NUMPY[from_]} can't be cast to the desired "
                f"output type {BY_NUMPY[to]}",
                do="Use the form without the underscore, or convert the tensor first.",
            )
        )


def check_writable(x, who):
    """Refuse to record a write to a leaf that requires grad, or to a view of one."""
    base = x if x._base is None else x._base
    if x._edge.__class__ is AccumulateGrad or base._edge.__class__ is AccumulateGrad:
        what = "a leaf Variable" if base is x else "a view of a leaf Variable"
        raise GraphError(
            explain(
                who,
                expected="a tensor whose history can be rewritten",
                got=f"{what} that requires grad is being used in an in-place operation",
                do="Wrap it in torch.no_grad(), or work on a .clone().",
            )
        )


def bump(x):
    """Count a write to x's memory."""
    memory = x._memory
    if memory is None:
        memory = memory_of(x)
    memory.version += 1


def call_out(op, inputs, out, **attrs):
    """Run an op and put its result into ``out=``, resized if need be.

    Raises:
        RuntimeError: where a gradient is wanted, or the dtype cannot hold the result.
    """
    who = f"{op.name}()"
    if not isinstance(out, Tensor):
        raise TypeError(
            explain(
                who,
                expected="out= to be a Tensor",
                got=type(out).__name__,
                do="Make one with torch.empty(0).",
            )
        )
    wanted = any(getattr(t, "_edge", None) is not None for t in (*inputs, out))
    if wanted and GRAD_MODE.get():
        raise GraphError(
            explain(
                who,
                expected="no gradient to be wanted with out=",
                got="functions with out=... arguments don't support automatic "
                "differentiation, but one of the arguments requires grad",
                do="Leave out= away, or use torch.no_grad().",
            )
        )
    return put_out(call(op, *inputs, **attrs), out, who)


def put_out(result, out, who):
    """Copy a result into an ``out=`` tensor, resized if its shape differs."""
    array, new = out._array, result._array
    if new.dtype != array.dtype:
        check_castable(new.dtype, array.dtype, who)
    if array.shape != new.shape:
        blank = backend_of(array.__class__).empty
        out._array = blank(new.shape, array.dtype)
    check_no_overlap(out._array, who)
    overwrite(out, wrap(new), who)
    return out


def _write_spec(x, value):
    return Spec(x.shape, x.dtype)


def _write_eager(backend, x, value):
    with np.errstate(all="ignore"):
        return value.astype(x.dtype)


def _write_grad(g):
    return None, g


def _write_lower(k, x, value):
    return k.cast(value, x.dtype)


#: The values of a tensor after others were written over them (Note [Seen writes]).
WRITE = define(
    "write",
    inputs="x value",
    eager=_write_eager,
    spec=_write_spec,
    grad=_write_grad,
    lower=_write_lower,
)
