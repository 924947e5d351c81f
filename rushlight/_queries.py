"""Questions about tensors and modes that belong to no op family."""

from rushlight._base.promote import result_dtype
from rushlight._core.tensor import Tensor

_deterministic = False
_warn_only = False


def is_tensor(obj):
    """Whether an object is a Tensor.

    >>> is_tensor(1.0)
    False
    """
    return isinstance(obj, Tensor)


def is_storage(obj):
    """Whether an object is a tensor's storage.

    >>> is_storage(1.0)
    False
    """
    return type(obj).__name__ == "UntypedStorage"


def is_floating_point(input):
    """Whether a tensor's dtype is a real floating-point type.

    >>> import rushlight
    >>> is_floating_point(rushlight.ones(1))
    True
    """
    return input.is_floating_point()


def is_complex(input):
    """Whether a tensor's dtype is complex.

    >>> import rushlight
    >>> is_complex(rushlight.ones(1))
    False
    """
    return input.is_complex()


def result_type(tensor1, tensor2):
    """The dtype in which an operation on two operands gives its result.

    Args:
        tensor1, tensor2: tensors or numbers.

    Returns:
        A dtype.

    >>> import rushlight
    >>> result_type(rushlight.tensor([1]), 2.5)
    torch.float32
    """
    return result_dtype([getattr(t, "_array", t) for t in (tensor1, tensor2)])


def typename(obj):
    """The name of an object's type, as ``torch.FloatTensor`` for tensors.

    >>> typename(1)
    'int'
    """
    if isinstance(obj, Tensor):
        return obj.type()
    kind = type(obj)
    module = kind.__module__
    return (
        kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"
    )


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Ask for deterministic operations; all of them are, so this is only remembered."""
    global _deterministic, _warn_only
    _deterministic, _warn_only = bool(mode), bool(mode and warn_only)


def are_deterministic_algorithms_enabled():
    """What was last asked of `use_deterministic_algorithms`.

    >>> are_deterministic_algorithms_enabled()
    False
    """
    return _deterministic


def warns_only():
    """Whether `use_deterministic_algorithms` was called with ``warn_only=True``.

    >>> warns_only()
    False
    """
    return _warn_only
