"""Containers of parameters: ParameterList and ParameterDict."""

from collections import OrderedDict

from rushlight._base.errors import (
    ArgumentKeyError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.tensor import Tensor
from rushlight.nn._module.members import members_of, named_pairs, position
from rushlight.nn.modules.module import Module
from rushlight.nn.parameter import Parameter

__all__ = ["ParameterDict", "ParameterList"]


class _Values(Module):
    """What both have in common: tensors become parameters, other values stay."""

    def __call__(self, *args, **kwargs):
        """Refused: a container of parameters computes nothing."""
        name = type(self).__name__
        raise ArgumentRuntimeError(
            explain(
                f"{name}()",
                expected="its members to be used",
                got=f"a call: {name} should not be called",
                do="Index it.",
            )
        )


def _as_member(value):
    if isinstance(value, Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _described(key, value, kind):
    """A member's line in the repr."""
    if not isinstance(value, Tensor):
        return f"  ({key}): Object of type: {type(value).__name__}"
    what = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(map(str, value.shape))
    place = f" (GPU {value.device.index or 0})" if value.is_cuda else ""
    return f"  ({key}): {what} containing: [{kind(value)} of size {size}{place}]"


class ParameterList(_Values):
    """A list of parameters that a module may hold; tensors in it become parameters.

    Args:
        values: iterable; what is no tensor is kept as it is.

    >>> import rushlight
    >>> ParameterList([rushlight.ones(2), rushlight.ones(2, 3)])
    ParameterList(
        (0): Parameter containing: [torch.float32 of size 2]
        (1): Parameter containing: [torch.float32 of size 2x3]
    )
    """

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self):
        return self._size

    def __iter__(self):
        return iter([getattr(self, str(i)) for i in range(len(self))])

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, str(position(index, len(self), "ParameterList")))

    def __setitem__(self, index, value):
        place = position(index, len(self), "ParameterList")
        setattr(self, str(place), _as_member(value))

    def append(self, value):
        """Add a value at the end.

        Returns:
            ParameterList: itself.
        """
        setattr(self, str(self._size), _as_member(value))
        self._size += 1
        return self

    def extend(self, values):
        """Add values at the end, in order.

        Args:
            values: iterable, no tensor.

        Returns:
            ParameterList: itself.

        Raises:
            TypeError: for what is not iterable, or a tensor.
        """
        for value in members_of(self, values):
            self.append(value)
        return self

    def __iadd__(self, other):
        return self.extend(other)

    def extra_repr(self):
        return "\n".join(
            _described(i, value, lambda v: v.dtype) for i, value in enumerate(self)
        )


class ParameterDict(_Values):
    """A dictionary of parameters that a module may hold; tensors become parameters.

    Args:
        parameters: mapping, or iterable of pairs, of name and value; what is no tensor
            is kept as it is.

    >>> import rushlight
    >>> list(ParameterDict({"a": rushlight.ones(2)}).items())
    [('a', Parameter containing:
    tensor([1., 1.], requires_grad=True))]
    """

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key):
        return getattr(self, _text(key))

    def __setitem__(self, key, value):
        setattr(self, _text(key), _as_member(value))
        self._keys[key] = None

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, key)

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(self._keys)

    def __reversed__(self):
        return reversed(list(self._keys))

    def __contains__(self, key):
        return key in self._keys

    def keys(self):
        """The names."""
        return self._keys.keys()

    def values(self):
        """Yield the values."""
        return (self[key] for key in self._keys)

    def items(self):
        """Yield the pairs of name and value."""
        return ((key, self[key]) for key in self._keys)

    def copy(self):
        """A new ParameterDict with the same values."""
        return ParameterDict(OrderedDict(self.items()))

    def clear(self):
        """Remove all values."""
        for key in list(self._keys):
            del self[key]

    def pop(self, key):
        """Remove the value of a name and return it.

        Raises:
            AttributeError: for a name that is not there.
        """
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        """Remove the pair that came last and return it.

        Raises:
            KeyError: where there is none.
        """
        if not self._keys:
            raise ArgumentKeyError(
                explain(
                    "ParameterDict.popitem()",
                    expected="a dictionary with values",
                    got="an empty one",
                    do="Ask len() first.",
                )
            )
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def get(self, key, default=None):
        """The value of a name, or a default."""
        return self[key] if key in self else default

    def setdefault(self, key, default=None):
        """The value of a name, which gets a default if it has none."""
        if key not in self:
            self[key] = default
        return self[key]

    def fromkeys(self, keys, default=None):
        """A new ParameterDict with the same value for all names."""
        return ParameterDict((key, default) for key in keys)

    def update(self, parameters):
        """Add values, in place of those with the same names.

        Args:
            parameters: mapping (a plain dict is taken in the order of its names), or
                iterable of pairs, of name and value.

        Raises:
            TypeError: for something else.
            ValueError: for a member that is no pair.
        """
        pairs = named_pairs(self, parameters)
        in_order = isinstance(parameters, OrderedDict | ParameterDict)
        if isinstance(parameters, dict) and not in_order:
            pairs = sorted(pairs, key=lambda pair: pair[0])
        for key, value in pairs:
            self[key] = value

    def __or__(self, other):
        result = self.copy()
        result.update(other)
        return result

    def __ror__(self, other):
        result = other.copy()
        result.update(self)
        return result

    def __ior__(self, other):
        self.update(other)
        return self

    def extra_repr(self):
        return "\n".join(
            _described(key, value, lambda v: v.type()) for key, value in self.items()
        )


def _text(key):
    if not isinstance(key, str):
        raise ArgumentTypeError(
            explain(
                "ParameterDict",
                expected="a string as the name",
                got=f"{key!r} (type is {type(key).__name__!r})",
                do="Pass str(name).",
            )
        )
    return key
