"""A single element as a Python number: item, bool(), int(), float()."""

import warnings

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import attach

_PYTHON = frozenset((bool, int, float, complex))

# ------------------------------------------------------------------------- one number


def item(input):
    """The single element as a Python number.

    Args:
        input: one element, any dtype.

    Returns:
        bool, int, float or complex.

    Raises:
        RuntimeError: where there is not exactly one element, or no data (meta).

    >>> import rushlight
    >>> rushlight.tensor([2.5]).item()
    2.5
    """
    try:
        value = input._array.item()
    except (ValueError, AttributeError):
        raise _not_one(input, "item()") from None
    if input._edge is not None and GUARDS.on:
        GUARDS.see.number(input, value)
    return value if value.__class__ in _PYTHON else float(value)


def _not_one(input, who):
    if input.is_meta:
        got, do = (
            "a meta tensor: item() cannot be called on it",
            "Create it on the CPU.",
        )
    else:
        count = input._array.size
        got = f"a Tensor with {count} elements, which cannot be converted to Scalar"
        do = "Reduce it first, or use .tolist()."
    return ArgumentRuntimeError(
        explain(who, expected="a tensor of one element", got=got, do=do)
    )


def _to_bool(self):
    array = self._array
    if array.__class__ is not Spec and array.size == 1:
        return bool(array.item())
    if self.is_meta:
        raise _not_one(self, "bool()")
    many = "more than one value" if array.size else "no values"
    raise ArgumentRuntimeError(
        explain(
            "bool()",
            expected="a tensor of one element",
            got=f"shape {list(array.shape)}: boolean value of Tensor with {many} is "
            "ambiguous",
            do="Use .any() or .all().",
        )
    )


def _number(self, kind):
    if self._edge is not None:
        _warn_of_gradient()
    if self._array.size != 1 and not self.is_meta:
        raise ArgumentError(
            explain(
                f"{kind.__name__}()",
                expected="one element: only one element tensors can be converted to "
                "Python scalars",
                got=f"shape {list(self.shape)}",
                do="Reduce it first, or use .tolist().",
            )
        )
    value = item(self)
    if value.__class__ is complex and kind is not complex:
        if value.imag:
            raise ArgumentRuntimeError(
                explain(
                    f"{kind.__name__}()",
                    expected="a real number",
                    got=f"{value}: value cannot be converted without overflow",
                    do="Use .real or .abs().",
                )
            )
        value = value.real
    return kind(value)


_warned = []


def _warn_of_gradient():
    if not _warned:
        _warned.append(True)
        warnings.warn(
            "a tensor that requires grad is converted to a Python number: the number "
            "carries no gradient. Call .detach() first if that is meant.",
            stacklevel=4,
        )


def _index(self):
    array = self._array
    if array.__class__ is not Spec and array.size == 1 and array.dtype.kind in "biu":
        return int(array.item())
    raise ArgumentTypeError(
        explain(
            "an index",
            expected="a tensor of one integer: only integer tensors of a single "
            "element can be converted to an index",
            got=f"{self.dtype} {list(self.shape)}",
            do="Use int(x) to cut a float to an integer.",
        )
    )


expose(item, torch=False)
attach("__bool__", _to_bool)
attach("__int__", lambda self: _number(self, int))
attach("__float__", lambda self: _number(self, float))
attach("__complex__", lambda self: _number(self, complex))
attach("__index__", _index)
