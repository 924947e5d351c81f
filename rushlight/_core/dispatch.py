"""The only way an operation runs: ``op.short`` (short.py) and here call, call_many.

# Note [Two paths]
# The short path computes first and asks afterwards: if the operands have one class
# and one dtype and the result has it too, all is well.  Whatever surprises it (mixed
# dtypes, a Python number that widens, an exception) goes to `run`, the careful path,
# which promotes, checks devices and lets the spec rule write the error.
"""

from weakref import ref

import numpy as np

from rushlight._base.errors import RushlightError
from rushlight._base.spec import Spec
from rushlight._core.intercept import Call, intercepted
from rushlight._core.node import Output, next_number
from rushlight._core.operands import (
    NUMBER_TYPES,
    NUMBERS,
    narrowed,
    no_tensor,
    one_device,
    promoted,
)
from rushlight._core.state import GRAD_MODE, STATE
from rushlight._core.storage import memory_of
from rushlight._core.tensor import Tensor, wrap
from rushlight._core.watch import watch

_new = object.__new__
_grad_mode = GRAD_MODE.get
_OPERAND_TYPES = (Tensor, np.generic, *NUMBER_TYPES)


def call2(op, x, y):
    """`op.short` of two operands (tensors or Python numbers), as a function."""
    return op.short(x, y)


def call3(op, x, y, z):
    """`op.short` of three tensors, the last maybe None, as a function."""
    return op.short(x, y, z)


def compares(array, y):
    """Whether NumPy compares these as torch does, in the dtype of their promotion."""
    kind = array.dtype.kind
    if kind == "f":
        return y.__class__ is not complex
    if kind == "c":  # which NumPy orders
        return False
    if y.__class__ is int:  # one beyond the dtype's range wraps around in torch
        return kind in "iu" and 0 <= y < 128
    return y.__class__ not in NUMBERS or y.__class__ is bool


def call(op, *inputs, **attrs):
    """Run any op that returns one tensor."""
    if STATE.special:
        return intercepted(Call(op, inputs, attrs), _operation)
    return run(op, inputs, attrs)


def call_many(op, *inputs, **attrs):
    """Run an op that returns several tensors, as a tuple."""
    return call(op, *inputs, **attrs)


def _operation(call):
    return run(call.op, call.inputs, call.attrs)


def run(op, inputs, attrs):
    """The careful path: check, promote, compute, wrap, record."""
    if op.check is not None:
        op.check(*inputs, **attrs)
    if op.promote is None:
        arrays = [getattr(t, "_array", t) for t in inputs]
    else:
        arrays = promoted(op, inputs)
    kind = arrays[0].__class__
    try:
        large = kind is not Spec and getattr(arrays[0], "size", 0) >= op.large_from
        result = (op.large if large else op.kernels)[kind](*arrays, **attrs)
    except Exception as error:  # noqa: BLE001
        result = _second_try(op, inputs, arrays, attrs, error)
    if op.wide_numbers:
        result = narrowed(result, arrays)
    if op.many:
        return _finish_many(op, result, inputs, attrs)
    if result.__class__ is not kind:
        result = _as_array(result, kind)
    tensor = _new(Tensor)
    tensor._array = result
    tensor._edge = tensor._grad = tensor._memory = tensor._base = None
    if op.grad is not None and wants_record(inputs):
        record(op, tensor, inputs, attrs, edges_of(inputs))
    if op.view:
        _link_view(tensor, inputs[0])
    return tensor


def wants_record(inputs):
    """Whether a node must be made: grad mode is on and an input wants a gradient."""
    for value in inputs:
        if getattr(value, "_edge", None) is not None:
            return _grad_mode()
    return False


def _as_array(result, kind):
    return (
        np.asarray(result)
        if isinstance(result, (np.generic, *NUMBER_TYPES))
        else result
    )


def _link_view(view, x):
    """Make a result a view of x: shared memory and version, known to its base."""
    memory = view._memory = memory_of(x) if x._memory is None else x._memory
    view._base = x if x._base is None else x._base
    memory.views.append(ref(view))
    if len(memory.views) > memory.prune_at:
        memory.prune()


def _finish_many(op, arrays, inputs, attrs):
    tensors = tuple([wrap(a) for a in arrays])
    if op.grad is not None and wants_record(inputs):
        record_many(op, tensors, inputs, attrs)
    if op.view:
        for tensor in tensors:
            _link_view(tensor, inputs[0])
    return tensors


def edges_of(inputs):
    """What a node of these inputs links to (Note [Edges])."""
    return tuple([getattr(value, "_edge", None) for value in inputs])


def record(op, result, inputs, attrs, edges):
    """Give a result its node."""
    array = result._array
    if array.dtype.kind in "biu":
        return
    node = _new(op.node or op.node_for(inputs, attrs))
    node.edges, node.shape, node.dtype = edges, array.shape, array.dtype
    node.number = next_number()
    node.hooks = node.notes = None
    node.saved, node.versions = op.save(inputs, attrs, result)
    result._edge = node
    if STATE.watching:
        watch(node, result)


def record_many(op, results, inputs, attrs):
    """Give several results their node; each floating-point one gets an Output."""
    node = _new(op.node or op.node_for(inputs, attrs))
    node.edges = edges_of(inputs)
    node.number = next_number()
    node.hooks = node.notes = None
    node.saved, node.versions = op.save(inputs, attrs, results)
    node.shape = tuple([r._array.shape for r in results])
    node.dtype = tuple([r._array.dtype for r in results])
    for index, result in enumerate(results):
        if result._array.dtype.kind not in "biu":
            array = result._array
            result._edge = Output(node, index, array.shape, array.dtype)
    if STATE.watching:
        watch(node, *results)


def _second_try(op, inputs, arrays, attrs, error):
    """After a failure: the spec rule's error, or the result if it was a warning."""
    if isinstance(error, RushlightError):
        raise error
    if isinstance(error, (RuntimeWarning, FloatingPointError)):
        with np.errstate(all="ignore"):
            return op.kernels[arrays[0].__class__](*arrays, **attrs)
    if op.promote is None and isinstance(inputs[0], NUMBER_TYPES):
        raise no_tensor(op, inputs) from None
    for value in inputs:
        if value is not None and not isinstance(value, _OPERAND_TYPES):
            raise no_tensor(op, inputs) from None
    kinds = {a.__class__ for a in arrays if hasattr(a, "dtype")}
    if len(kinds) > 1:
        moved = one_device(op, arrays, arrays[0])
        return op.kernels[moved[0].__class__](*moved, **attrs)
    op.spec(*arrays, **attrs)
    raise error
