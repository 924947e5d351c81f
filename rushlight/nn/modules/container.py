"""Containers of modules: Sequential, ModuleList, ModuleDict; also of parameters."""

from collections import OrderedDict
from itertools import groupby

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentKeyError,
    ArgumentTypeError,
    OutOfRangeError,
    explain,
)
from rushlight._core.guarding import GUARDS
from rushlight.nn._module.members import members_of, named_pairs, position
from rushlight.nn.modules.module import Module, compose_repr, indent
from rushlight.nn.modules.parameter_container import ParameterDict, ParameterList

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


class _Positions(Module):
    """What modules in a row have in common: positions, slices, in-place changes."""

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def _key(self, index):
        """The name of the module at a position."""
        index = position(index, len(self), type(self).__name__)
        return list(self._modules)[index]

    def __setitem__(self, index, module):
        setattr(self, self._key(index), module)

    def __delitem__(self, index):
        modules = list(self._modules.values())
        if not isinstance(index, slice):
            index = position(index, len(self), type(self).__name__)
        del modules[index]
        self._renumber(modules)  # names of their own are lost, as in PyTorch

    def _renumber(self, modules):
        """Hold these modules under the names 0, 1, ..."""
        self._modules = {str(i): module for i, module in enumerate(modules)}

    def append(self, module):
        """Add a module at the end.

        Returns:
            The container itself.

        Raises:
            TypeError: for what is no module.
        """
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules):
        """Add modules at the end, in order.

        Args:
            modules: iterable of Module.

        Returns:
            The container itself.

        Raises:
            TypeError: for what is not iterable, or holds what is no module.
        """
        for module in members_of(self, modules):
            self.append(module)
        if GUARDS.on and len(set(map(id, self._modules.values()))) < len(self):
            GUARDS.see.contained(self)
        return self

    def pop(self, key):
        """Remove the module at a position and return it.

        Raises:
            IndexError: for a position that does not exist.
        """
        module = self[key]
        del self[key]
        return module

    def __iadd__(self, other):
        return self.extend(other)


class Sequential(_Positions):
    """Modules in a row: each gets the output of the one before.

    Args:
        args: modules, or one OrderedDict of names and modules.

    >>> import rushlight
    >>> Sequential(rushlight.nn.Linear(2, 3), rushlight.nn.ReLU())
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            named = args[0].items()
        else:
            named = ((str(i), module) for i, module in enumerate(args))
        for name, module in named:
            self.add_module(name, module)
        if GUARDS.on and len(set(map(id, args))) < len(args):
            GUARDS.see.contained(self)

    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._key(index)]

    def insert(self, index, module):
        """Add a module before a position.

        Args:
            index: int from -len to len.
            module: Module.

        Returns:
            Sequential: itself.

        Raises:
            AssertionError: for what is no module.
            IndexError: for a position that does not exist.
            KeyError: where the modules have names of their own.
        """
        if not isinstance(module, Module):
            raise ArgumentAssertionError(
                explain(
                    "Sequential.insert()",
                    expected=f"module should be of type: {Module}",
                    got=type(module).__name__,
                    do="Wrap it in a Module.",
                )
            )
        count = len(self)
        if not -count <= index <= count:
            raise OutOfRangeError(
                explain(
                    "Sequential.insert()",
                    expected=f"an index in the range [{-count}, {count}]",
                    got=f"Index out of range: {index}",
                    do="Use append for the end.",
                )
            )
        if list(self._modules) != [str(i) for i in range(count)]:
            raise ArgumentKeyError(
                explain(
                    "Sequential.insert()",
                    expected="modules named by position",
                    got=f"the names {', '.join(self._modules)}",
                    do="Build a new Sequential from an OrderedDict.",
                )
            )
        modules = list(self._modules.values())
        modules.insert(index + count if index < 0 else index, module)
        self._renumber(modules)
        return self

    def __add__(self, other):
        if not isinstance(other, Sequential):
            raise ArgumentError(
                explain(
                    "Sequential + other",
                    expected="only objects of Sequential class",
                    got=f"{type(other)}",
                    do="Use append for a single module.",
                )
            )
        return Sequential(*self, *other)

    def __iadd__(self, other):
        if not isinstance(other, Sequential):
            return self + other
        return self.extend(other)

    def __mul__(self, other):
        return Sequential(
            *(module for _ in range(_times(self, other)) for module in self)
        )

    def __rmul__(self, other):
        return self * other

    def __imul__(self, other):
        return self.extend(list(self) * (_times(self, other) - 1))


def _times(container, count):
    name = type(container).__name__
    if not isinstance(count, int):
        raise ArgumentTypeError(
            explain(
                f"{name} * other",
                expected="an int",
                got=f"unsupported operand type(s) for *: {type(container)} and "
                f"{type(count)}",
                do="Convert it with int().",
            )
        )
    if count <= 0:
        raise ArgumentError(
            explain(
                f"{name} * other",
                expected="a positive number",
                got=f"Non-positive multiplication factor {count}",
                do="Repeat it at least once.",
            )
        )
    return count


class ModuleList(_Positions):
    """A list of modules whose parameters are the list's; it has no forward.

    Args:
        modules: iterable of Module.

    >>> import rushlight
    >>> ModuleList(rushlight.nn.Linear(2, 2) for _ in range(3))
    ModuleList(
      (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)
    )
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])
        return self._modules[self._key(index)]

    def __setitem__(self, index, module):
        place = position(index, len(self), type(self).__name__)
        setattr(self, str(place), module)

    def insert(self, index, module):
        """Add a module before a position, as a list does.

        Args:
            index: int.
            module: Module.

        Raises:
            TypeError: for what is no module.
        """
        modules = list(self._modules.values())
        self.append(module)
        modules.insert(index, module)
        self._renumber(modules)

    def __add__(self, other):
        return type(self)([*self, *other])

    def __repr__(self):
        lines, start = [], 0
        for text, same in groupby(map(repr, self)):
            count = len(list(same))
            place = f"({start})" if count == 1 else f"({start}-{start + count - 1})"
            times = "" if count == 1 else f"{count} x "
            lines.append(f"{place}: {times}{indent(text)}")
            start += count
        return compose_repr(self._get_name(), [], lines)


class ModuleDict(Module):
    """A dictionary of modules whose parameters are the dictionary's; it has no forward.

    Args:
        modules: mapping, or iterable of pairs, of name and Module.

    >>> import rushlight
    >>> ModuleDict({"act": rushlight.nn.ReLU()})["act"]
    ReLU()
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules)

    def __contains__(self, key):
        return key in self._modules

    def clear(self):
        """Remove all modules."""
        self._modules.clear()

    def pop(self, key):
        """Remove the module of a name and return it.

        Raises:
            KeyError: for a name that is not there.
        """
        module = self[key]
        del self[key]
        return module

    def keys(self):
        """The names."""
        return self._modules.keys()

    def items(self):
        """The pairs of name and module."""
        return self._modules.items()

    def values(self):
        """The modules."""
        return self._modules.values()

    def update(self, modules):
        """Add modules, in place of those with the same names.

        Args:
            modules: mapping, or iterable of pairs, of name and Module.

        Raises:
            TypeError: for something else.
            ValueError: for a member that is no pair.
        """
        for name, module in named_pairs(self, modules):
            self[name] = module
