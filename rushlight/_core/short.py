"""The short path of an op, written out as source once for each op.

# Note [Short forms]
# How many operands an op has, whether it promotes them, records or makes a view, and
# what its attributes are called, is known when it is defined; asking at each call, and
# handing the attributes through three calls as a dictionary, costs as much as NumPy's
# own work.  So the path is written out for each op, the way dataclasses writes
# __init__, when it first runs.  An op whose rule takes any attributes, or has
# defaults, gets the form with **attrs.
"""

from functools import partial
from weakref import ref

import numpy as np

from rushlight._core.dispatch import call, compares, edges_of, record
from rushlight._core.operands import KEPT, NUMBERS
from rushlight._core.state import GRAD_MODE, STATE
from rushlight._core.storage import memory_of
from rushlight._core.table import COMPARE, FLOAT
from rushlight._core.tensor import Tensor

_HEAD = """\
def short({parameters}):
    if not STATE.special:
        try:
"""
_ONE = """\
            array, edge = {x}._array, {x}._edge
            result = {kernels}[array.__class__](array{attributes})
"""
#: Two operands that promote, the second maybe a Python number.
_PAIR = """\
            array, edge = {x}._array, {x}._edge
            dtype = array.dtype
            if {y}.__class__ is not Tensor and {y}.__class__ in NUMBERS:
                if array.itemsize == 2:
                    return otherwise(op, {x}, {y})  # Note [Half and numbers]
                second, number = None, {y}
                if {kept_if} and number.__class__ is not complex:
                    kept = KEPT.get(dtype)
                    if kept is not None and array.__class__ is ndarray:
                        number = kept[number]  # Note [Kept numbers]
                result = {kernels}[array.__class__](array, number)
            else:
                other, second = {y}._array, {y}._edge
                if other.dtype is not dtype:
                    return otherwise(op, {x}, {y})
                result = {kernels}[array.__class__](array, other)
"""
#: Any number of tensors in a list or tuple.
_LIST = """\
            if len({x}) == 2:  # most often; spares making lists of arguments
                each, second = {x}
                array = each._array
                edge = second._edge if each._edge is None else each._edge
                result = {kernels}[array.__class__](array, second._array{attributes})
            else:
                edge, arrays = None, []
                for each in {x}:
                    arrays.append(each._array)
                    if each._edge is not None:
                        edge = each._edge
                array = arrays[0]
                result = {kernels}[array.__class__](*arrays{attributes})
"""
_WRAP = """\
            if result.__class__ is not array.__class__:
                result = asarray(result)
            if {fits}:
                tensor = new(Tensor)
                tensor._array = result
                tensor._edge = tensor._grad = tensor._memory = tensor._base = None
"""
_RECORD = """\
                if ({wanted}) and grad_mode():
                    record(op, tensor, {inputs}, {dictionary}, {edges})
"""
_VIEW = """\
                memory = {x}._memory
                if memory is None:
                    memory = memory_of({x})
                tensor._memory = memory
                tensor._base = {x} if {x}._base is None else {x}._base
                memory.views.append(ref(tensor))
                if len(memory.views) > memory.prune_at:
                    memory.prune()
"""
_TAIL = """\
                return tensor
        except Exception:  # Note [Two paths]
            pass
    return otherwise(op, {given}{attributes})
"""
_SAME_FITS = "result.dtype is array.dtype"
_FLOAT_FITS = "result.dtype is array.dtype and array.dtype.kind not in 'biu'"
_COMPARE_FITS = (
    "dtype.kind == 'f' and {y}.__class__ is not complex or compares(array, {y})"
)


def compile_short(op, otherwise=call):
    """The function ``short(inputs, attributes) -> Tensor`` of an op.

    Args:
        op: its record; of an op of any number of tensors, they come as one list.
        otherwise: what runs in place of the careful path, called as `call` is.

    Returns:
        the function, made from source (Note [Short forms]); where an op is of none of
        the forms, one that goes the careful way.
    """
    form = _form_of(op)
    if form is None:
        return partial(otherwise, op)
    record_it = _RECORD if op.grad is not None else ""
    link_it = _VIEW if op.view else ""
    middle, words = form
    text = (_HEAD + middle + _WRAP + record_it + link_it + _TAIL).format(
        **_attribute_words(op, words["given"]), **words, kernels=_kernels(op)
    )
    scope = {
        "KEPT": KEPT,
        "NUMBERS": NUMBERS,
        "STATE": STATE,
        "Tensor": Tensor,
        "__name__": __name__,
        "asarray": np.asarray,
        "compares": compares,
        "edges_of": edges_of,
        "grad_mode": GRAD_MODE.get,
        "kernels": op.kernels,
        "large": op.large,
        "memory_of": memory_of,
        "ndarray": np.ndarray,
        "new": object.__new__,
        "op": op,
        "otherwise": otherwise,
        "record": record,
        "ref": ref,
    }
    exec(compile(text, f"<short path of {op.name}>", "exec"), scope)
    return scope["short"]


def _form_of(op):
    """How an op computes and the words for the gaps, or None if there is no form."""
    names = op.inputs
    if op.many:
        return None
    if len(names) == 1:
        return _one(op, names[0]) if names[0][0] != "*" else _list(op, names[0][1:])
    if any(name[0] == "*" for name in names):
        return None
    if op.promote is None:
        return _several(names)
    if len(names) == 2 and _attributes(op) == ():
        return _pair(op, *names)
    return None


def _one(op, x):
    fits = {None: "True", FLOAT: _FLOAT_FITS}.get(op.promote, _SAME_FITS)
    return _ONE, {
        "x": x,
        "given": x,
        "fits": fits,
        "wanted": "edge is not None",
        "inputs": f"({x},)",
        "edges": "(edge,)",
    }


def _pair(op, x, y):
    fits, kept_if = "result.dtype is dtype", "number" if op.ufunc else "False"
    if op.promote is COMPARE:
        fits, kept_if = _COMPARE_FITS.format(y=y), str(op.ufunc)
    return _PAIR, {
        "x": x,
        "y": y,
        "given": f"{x}, {y}",
        "fits": fits,
        "kept_if": kept_if,
        "wanted": "edge is not None or second is not None",
        "inputs": f"({x}, {y})",
        "edges": "(edge, second)",
    }


def _several(names):
    """Tensors whose dtypes are the rule's business; all but the first may be None."""
    x, *others = names
    arrays = "".join([f", None if {n} is None else {n}._array" for n in others])
    edges = "".join([f", None if {n} is None else {n}._edge" for n in others])
    middle = f"""\
            array, edges = {x}._array, ({x}._edge{edges})
            result = {{kernels}}[array.__class__](array{arrays}{{attributes}})
"""
    return middle, {
        "x": x,
        "given": ", ".join(names),
        "fits": "True",
        "wanted": f"edges != {(None,) * len(names)}",
        "inputs": f"({', '.join(names)})",
        "edges": "edges",
    }


def _list(op, xs):
    return _LIST, {
        "x": xs,
        "given": f"*{xs}",
        "fits": "True" if op.promote is None else "False",
        "wanted": "edge is not None",
        "inputs": xs,
        "edges": f"edges_of({xs})",
    }


def _kernels(op):
    """Where the kernel is found: by the array's size, if that makes a difference."""
    if op.large[np.ndarray] is op.kernels[np.ndarray]:
        return "kernels"
    return f"(kernels if array.size < {op.large_from} else large)"


def _attribute_words(op, given):
    """An op's attributes as parameters, as arguments and as a dictionary."""
    names, inputs = _attributes(op), given.replace("*", "")
    if names is None:
        return {
            "parameters": f"{inputs}, **attrs",
            "attributes": ", **attrs",
            "dictionary": "attrs",
        }
    pairs = ", ".join([f"{name!r}: {name}" for name in names])
    return {
        "parameters": ", ".join([inputs, *names]),
        "attributes": "".join([f", {name}={name}" for name in names]),
        "dictionary": f"{{{pairs}}}",
    }


def _attributes(op):
    """The names of an op's attributes, or None where its rule takes any."""
    if isinstance(op.eager, str):
        return ()
    code = getattr(op.eager, "__code__", None)
    if code is None or code.co_flags & 0x08 or op.eager.__kwdefaults__:
        return None  # 0x08: inspect.CO_VARKEYWORDS
    first = code.co_argcount
    return code.co_varnames[first : first + code.co_kwonlyargcount]
