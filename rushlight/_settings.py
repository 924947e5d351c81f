"""Settings of the whole program that scripts make: kept, and given back when asked.

Those that choose among a vendor library's ways of computing change nothing here.
"""

import warnings

from rushlight import _queries
from rushlight._base.errors import ArgumentRuntimeError, ArgumentTypeError, explain

_KEPT = {"precision": "highest", "warn_always": False}
_PRECISIONS = ("highest", "high", "medium")
_DEBUG_MODES = ("default", "warn", "error")


def set_float32_matmul_precision(precision):
    """Say how exact float32 products must be; here they always are exact ("highest").

    Args:
        precision: "highest", "high" or "medium"; another is only warned about.

    >>> set_float32_matmul_precision("high")
    >>> get_float32_matmul_precision()
    'high'
    >>> set_float32_matmul_precision("highest")
    """
    if precision in _PRECISIONS:
        _KEPT["precision"] = precision
    else:
        warnings.warn(
            f"set_float32_matmul_precision(): expected one of {_PRECISIONS}, got "
            f"{precision!r}. It stays as it was.",
            stacklevel=2,
        )


def get_float32_matmul_precision():
    """What was last said to `set_float32_matmul_precision`."""
    return _KEPT["precision"]


def set_deterministic_debug_mode(debug_mode):
    """As `use_deterministic_algorithms`, by a level.

    Args:
        debug_mode: "default" or 0 (off), "warn" or 1, "error" or 2.

    Raises:
        RuntimeError: for another level.
        TypeError: for neither a str nor an int.
    """
    if not isinstance(debug_mode, (int, str)):
        raise ArgumentTypeError(
            explain(
                "set_deterministic_debug_mode()",
                expected="debug_mode to be a str or an int",
                got=type(debug_mode).__name__,
                do="Pass one of 'default', 'warn', 'error'.",
            )
        )
    if debug_mode in _DEBUG_MODES:
        debug_mode = _DEBUG_MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise ArgumentRuntimeError(
            explain(
                "set_deterministic_debug_mode()",
                expected="debug_mode to be 0, 1 or 2 or one of 'default', 'warn', "
                "'error'",
                got=repr(debug_mode),
                do="Correct the spelling.",
            )
        )
    _queries.use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def get_deterministic_debug_mode():
    """0 where determinism was not asked for, 1 where only warnings were, else 2.

    >>> get_deterministic_debug_mode()
    0
    """
    if not _queries.are_deterministic_algorithms_enabled():
        return 0
    return 1 if is_deterministic_algorithms_warn_only_enabled() else 2


def is_deterministic_algorithms_warn_only_enabled():
    """Whether `use_deterministic_algorithms` was called with ``warn_only=True``."""
    return _queries.warns_only()


def set_warn_always(b):
    """Ask for warnings every time; remembered, Python's own filters decide.

    Raises:
        TypeError: for what is no bool.
    """
    if not isinstance(b, bool):
        raise ArgumentTypeError(
            explain(
                "set_warn_always()",
                expected="a bool",
                got=type(b).__name__,
                do="Pass True or False.",
            )
        )
    _KEPT["warn_always"] = b


def is_warn_always_enabled():
    """What was last asked of `set_warn_always`.

    >>> is_warn_always_enabled()
    False
    """
    return _KEPT["warn_always"]


def set_flush_denormal(mode):
    """Ask for tiny numbers to be flushed to zero: not done here, so False.

    >>> set_flush_denormal(True)
    False
    """
    return False


def is_inference(input):
    """Whether a tensor was made in inference mode: False, as `Tensor.is_inference`."""
    return input.is_inference()


def is_distributed(input):
    """Whether a tensor is spread over processes: never.

    >>> is_distributed(None)
    False
    """
    return False


def is_vulkan_available():
    """Whether Vulkan can be used: never."""
    return False


def compiled_with_cxx11_abi():
    """Whether the library was compiled with the newer C++ ABI; nothing was compiled."""
    return True
