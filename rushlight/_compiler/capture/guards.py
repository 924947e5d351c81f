"""Guards: what a trace took for granted, and whether it still holds.

# Note [What is guarded]
# Arguments: specs, which of them are one tensor, wanted gradients, plain values.
# Modules that the function holds (itself, its owner, in its closure or globals, and
# all below them): parameters, buffers and submodules by identity, `training`, hooks,
# and attributes of plain types.  Closure cells and globals of plain types.  The grad
# mode and the default dtype.  docs/compile.md says what cannot be seen.
"""

import dis
import functools
from types import ModuleType

import numpy as np

from rushlight._base import config
from rushlight._base.pytree import flatten
from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import Tensor

_PLAIN = frozenset((int, float, bool, str, bytes, complex, type(None)))
#: Arguments of these types are read as numbers are, but are not compared.
_CHANGING = (np.ndarray, set, bytearray)
_TABLES = ("_parameters", "_buffers", "_modules")


def key_of(args, kwargs):
    """The part of the guards that the arguments decide: (key, leaves)."""
    leaves, plan = (list(args), len(args)) if not kwargs else (None, None)
    if leaves is None or any(leaf.__class__ is not Tensor for leaf in leaves):
        leaves, plan = flatten((args, kwargs))
    parts, seen = [], {}
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor):
            array = leaf._array
            same = seen.setdefault(id(array), place)
            parts.append((array.shape, array.dtype, leaf._edge is not None, same))
        else:
            parts.append(_plain_key(leaf))
    return (plan, GRAD_MODE.get(), config.default_dtype(), tuple(parts)), leaves


def _plain_key(leaf):
    if isinstance(leaf, _CHANGING):  # never compiled, so one key for all
        return leaf.__class__, None
    try:
        hash(leaf)
    except TypeError:
        return leaf.__class__, _Same(leaf)
    return leaf.__class__, leaf


class _Same:
    """Stands in a key for something without a hash: equal only to itself."""

    __slots__ = ("thing",)

    def __init__(self, thing):
        self.thing = thing

    def __hash__(self):
        return id(self.thing)

    def __eq__(self, other):
        return other.__class__ is _Same and other.thing is self.thing

    def __repr__(self):
        return repr(self.thing)


def unguarded(leaves):
    """The first of the leaves whose contents may change unseen, or None."""
    return next((leaf for leaf in leaves if isinstance(leaf, _CHANGING)), None)


class Guards:
    """What a function's surroundings were when it was traced.

    Args:
        function: what was traced.
        roots: the modules to look at.
        found: triples (table, name, value): globals that were read beside.
    """

    def __init__(self, function, roots, found=()):
        self.same, self.equal, self.lengths = [], [], []
        modules = [m for root in roots for m in _modules_below(root)]
        for module in modules:
            self._watch_module(module)
        for name, cell, value in _cells(function):
            kind = self.equal if value.__class__ in _PLAIN else self.same
            kind.append((_Cell(cell), name, value))
        triples = [*_globals(function), *found]
        unique = {(id(table), name): (table, name, v) for table, name, v in triples}
        for table, name, value in unique.values():
            kind = self.equal if value.__class__ in _PLAIN else self.same
            kind.append((table, name, value))

    def _watch_module(self, module):
        own = module.__dict__
        for table in _TABLES:
            entries = own[table]
            self.lengths.append((entries, len(entries)))
            self.same += [(entries, name, value) for name, value in entries.items()]
        for name, value in own.items():
            if value.__class__ in _PLAIN or _is_plain_tuple(value):
                self.equal.append((own, name, value))
            elif name.endswith("_hooks"):
                self.lengths.append((value, len(value)))

    def hold(self):
        """Whether everything is as it was."""
        for table, name, value in self.same:
            if table.get(name) is not value:
                return False
        for table, name, value in self.equal:
            found = table.get(name, self)
            if found is value:
                continue
            if found.__class__ is not value.__class__ or found != value:
                return False
        for table, length in self.lengths:
            if len(table) != length:
                return False
        return True


class _Cell:
    """A closure's cell as a table of one entry."""

    def __init__(self, cell):
        self.cell = cell

    def get(self, name, default=None):
        try:
            return self.cell.cell_contents
        except ValueError:
            return default


def _is_plain_tuple(value):
    return value.__class__ is tuple and all(v.__class__ in _PLAIN for v in value)


def is_module(thing):
    """Whether a thing is an nn.Module (which lives on a floor above)."""
    return hasattr(thing, "_modules") and hasattr(thing, "_parameters")


def is_optimizer(thing):
    """Whether a thing is an Optimizer (which lives on a floor above)."""
    return hasattr(thing, "param_groups") and hasattr(thing, "step")


def reachable(function, leaves):
    """The modules and optimizers that a call can reach.

    They are looked for in its owner and the owner's attributes, in its closure and
    globals, and in its arguments.
    """
    owner = getattr(function, "__self__", function)
    found = [owner, *getattr(owner, "__dict__", {}).values()]
    found += [value for _, _, value in _cells(function)]
    found += [value for _, _, value in _globals(function)]
    found = [t for t in [*found, *leaves] if t.__class__ is not ModuleType]
    return [t for t in found if is_module(t) or is_optimizer(t)]


def modules_of(function, leaves):
    """The modules among what a call can reach."""
    return [thing for thing in reachable(function, leaves) if is_module(thing)]


def _modules_below(root):
    seen, stack, found = set(), [root], []
    while stack:
        module = stack.pop()
        if id(module) not in seen and is_module(module):
            seen.add(id(module))
            found.append(module)
            stack.extend(module._modules.values())
    return found


def _plain_function(function):
    function = getattr(function, "__func__", function)
    return function if hasattr(function, "__code__") else None


def _cells(function):
    function = _plain_function(function)
    if function is None:
        return
    cells = function.__closure__ or ()
    for name, cell in zip(function.__code__.co_freevars, cells, strict=True):
        try:
            yield name, cell, cell.cell_contents
        except ValueError:  # not filled yet
            continue


def _globals(function):
    function = _plain_function(function)
    if function is None:
        return
    table = function.__globals__
    for name in global_names(function.__code__):
        if name in table:
            yield table, name, table[name]


@functools.lru_cache(4096)
def global_names(code):
    """The names of globals in code; its co_names has those of attributes too."""
    found = dis.get_instructions(code)
    found = [i.argval for i in found if "GLOBAL" in i.opname or i.opname == "LOAD_NAME"]
    return tuple(dict.fromkeys(found))
