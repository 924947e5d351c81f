"""The classes of parametrized modules (Note [Parametrized modules])."""

import copyreg
from contextlib import contextmanager
from copy import deepcopy

from rushlight._base.errors import ArgumentRuntimeError
from rushlight.nn.utils.parametrize.stored import refuse


class _Cache:
    """Values of parametrized tensors while `cached` is on."""

    def __init__(self):
        self.depth, self.values = 0, {}


_CACHE = _Cache()


@contextmanager
def cached():
    """Compute each parametrized tensor once for the length of a block.

    >>> import rushlight
    >>> layer = rushlight.nn.utils.parametrizations.weight_norm(
    ...     rushlight.nn.Linear(2, 2)
    ... )
    >>> with cached():
    ...     layer.weight is layer.weight
    True
    """
    _CACHE.depth += 1
    try:
        yield
    finally:
        _CACHE.depth -= 1
        if not _CACHE.depth:
            _CACHE.values = {}


def _copy_object(self, memo):
    """A deep copy as it is made of classes without __deepcopy__."""
    found = memo.get(id(self))
    if found is None:
        found = memo[id(self)] = self.__new__(type(self))
        found.__dict__ = deepcopy(self.__dict__, memo)
        for slot in copyreg._slotnames(type(self)):
            if hasattr(self, slot):
                setattr(found, slot, deepcopy(getattr(self, slot), memo))
    return found


def _refuse_pickling(self):
    refuse(
        type(self).__name__,
        "its state_dict() to be saved",
        "Serialization of parametrized modules is only supported through state_dict()",
        ArgumentRuntimeError,
        "Save module.state_dict().",
    )


def give_class(module):
    """Give a module a class of its own (Note [Parametrized modules])."""
    old = type(module)
    members = {"__getstate__": _refuse_pickling}
    if not hasattr(old, "__deepcopy__"):
        members["__deepcopy__"] = _copy_object
    module.__class__ = type(f"Parametrized{old.__name__}", (old,), members)


def give_property(module, name):
    """Give a module's own class the property that computes a tensor."""

    def compute(self):
        parametrization = self.parametrizations[name]
        if not _CACHE.depth:
            return parametrization()
        key = id(parametrization)
        if key not in _CACHE.values:
            _CACHE.values[key] = parametrization()
        return _CACHE.values[key]

    def assign(self, value):
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))
