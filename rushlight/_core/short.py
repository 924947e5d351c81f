"""The short path of ops of one tensor, written out as source once for each op.

# Note [Short forms]
# Whether an op promotes, records or makes a view, and what its attributes are called,
# is known when it is defined; asking at each call, and handing the attributes through
# three calls as a dictionary, costs as much as NumPy's own work.  So the path is
# written out for each op, the way dataclasses writes __init__, when it first runs.
# An op whose rule takes any attributes, or has defaults, gets the form with **attrs.
"""

from weakref import ref

import numpy as np

from rushlight._core.dispatch import call, record
from rushlight._core.state import GRAD_MODE, STATE
from rushlight._core.storage import memory_of
from rushlight._core.table import FLOAT
from rushlight._core.tensor import Tensor

_HEAD = """\
def short(x{parameters}):
    if not STATE.special:
        try:
            array = x._array
            result = kernels[array.__class__](array{arguments})
            if result.__class__ is not array.__class__:
                result = asarray(result)
            if {fits}:
                tensor = new(Tensor)
                tensor._array = result
                tensor._edge = tensor._grad = tensor._memory = tensor._base = None
"""
_RECORD = """\
                if x._edge is not None and grad_mode():
                    record(op, tensor, (x,), {attributes}, (x._edge,))
"""
_VIEW = """\
                memory = x._memory
                if memory is None:
                    memory = memory_of(x)
                tensor._memory = memory
                tensor._base = x if x._base is None else x._base
                memory.views.append(ref(tensor))
                if len(memory.views) > memory.prune_at:
                    memory.prune()
"""
_TAIL = """\
                return tensor
        except Exception:  # Note [Two paths]
            pass
    return call(op, x{arguments})
"""
#: By how an op promotes: whether the short path's result is the right one.
_FITS = {
    None: "True",
    FLOAT: "result.dtype is array.dtype and array.dtype.kind not in 'biu'",
}
_SAME_FITS = "result.dtype is array.dtype"


def compile_short(op):
    """The function ``short(x, attributes) -> Tensor`` of an op (Note [Short forms])."""
    record_it = _RECORD if op.grad is not None else ""
    link_it = _VIEW if op.view else ""
    names = _attributes(op)
    if names is None:
        parameters = arguments = ", **attrs"
        attributes = "attrs"
    else:
        parameters = "".join([f", {name}" for name in names])
        arguments = "".join([f", {name}={name}" for name in names])
        attributes = f"{{{', '.join([f'{name!r}: {name}' for name in names])}}}"
    text = (_HEAD + record_it + link_it + _TAIL).format(
        parameters=parameters,
        arguments=arguments,
        attributes=attributes,
        fits=_FITS.get(op.promote, _SAME_FITS),
    )
    scope = {
        "STATE": STATE,
        "Tensor": Tensor,
        "asarray": np.asarray,
        "call": call,
        "grad_mode": GRAD_MODE.get,
        "kernels": op.kernels,
        "memory_of": memory_of,
        "new": object.__new__,
        "op": op,
        "record": record,
        "ref": ref,
    }
    exec(compile(text, f"<short path of {op.name}>", "exec"), scope)
    return scope["short"]


def _attributes(op):
    """The names of an op's attributes, or None where its rule takes any."""
    if isinstance(op.eager, str):
        return ()
    code = getattr(op.eager, "__code__", None)
    if code is None or code.co_flags & 0x08 or op.eager.__kwdefaults__:
        return None  # 0x08: inspect.CO_VARKEYWORDS
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]
