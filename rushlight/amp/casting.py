"""Whether autocast is on, and the interceptor that casts what operations are given.

# Note [Autocast]
# How an op is treated is a field of its record: "lower" runs in the low precision,
# "float32" in float32, "widest" in the widest type among its inputs; the others run in
# what they get.  One interceptor reads that field and casts the inputs by ordinary,
# recorded operations.  It is on this thread's stack only while autocast is on.
# A parameter's cast is kept until the outermost block ends: a layer used twice casts
# its weight once, and its gradient comes back through one node.
"""

import warnings
from contextlib import contextmanager
from contextvars import ContextVar

from rushlight._base.dtype import bfloat16, float16, float32, float64
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core import intercept
from rushlight._core.state import GRAD_MODE, STATE
from rushlight._core.storage import version_of
from rushlight._core.tensor import Tensor

#: Kinds of device and the low precision that each begins with.
LOWER = {"cpu": bfloat16, "cuda": float16}

_ENABLED = ContextVar("autocast_enabled", default=frozenset())
_DTYPES = ContextVar("autocast_dtypes", default=LOWER)
_CACHING = ContextVar("autocast_caching", default=True)
_NESTING = ContextVar("autocast_nesting", default=0)
_CACHE = ContextVar("autocast_cache", default=None)


def check_device(who, device_type):
    """Refuse kinds of device that have no autocast.

    Raises:
        RuntimeError: for those.
    """
    if device_type not in LOWER:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"one of {', '.join(LOWER)}",
                got=f"unsupported autocast device_type '{device_type}'",
                do="Name the device's kind without its number.",
            )
        )


def is_autocast_enabled(device_type=None):
    """Whether autocast is on in this thread.

    Args:
        device_type: "cpu" or "cuda"; left out, "cuda", as in torch.

    >>> is_autocast_enabled("cpu")
    False
    """
    device_type = "cuda" if device_type is None else device_type
    check_device("is_autocast_enabled()", device_type)
    return device_type in _ENABLED.get()


def set_autocast_enabled(device_type, enabled=None):
    """Switch autocast on or off; `autocast` does so for a block.

    Args:
        device_type: "cpu" or "cuda".
        enabled: bool.  With one argument, that is it and the device is cuda.
    """
    if enabled is None:
        device_type, enabled = "cuda", device_type
    check_device("set_autocast_enabled()", device_type)
    others = _ENABLED.get() - {device_type}
    _ENABLED.set(others | {device_type} if enabled else others)
    _place_interceptor()


def get_autocast_dtype(device_type):
    """The low precision of a kind of device.

    >>> get_autocast_dtype("cpu")
    torch.bfloat16
    """
    check_device("get_autocast_dtype()", device_type)
    return _DTYPES.get()[device_type]


def set_autocast_dtype(device_type, dtype):
    """Set the low precision of a kind of device."""
    check_device("set_autocast_dtype()", device_type)
    _DTYPES.set({**_DTYPES.get(), device_type: dtype})


def is_autocast_cache_enabled():
    """Whether casts of parameters are kept (Note [Autocast]).

    >>> is_autocast_cache_enabled()
    True
    """
    return _CACHING.get()


def set_autocast_cache_enabled(enabled):
    """Keep casts of parameters, or make them each time."""
    _CACHING.set(bool(enabled))


def clear_autocast_cache():
    """Forget the casts of parameters."""
    _CACHE.set(None)


def autocast_increment_nesting():
    """Count one more block.

    Returns:
        int: how many there are.
    """
    _NESTING.set(_NESTING.get() + 1)
    return _NESTING.get()


def autocast_decrement_nesting():
    """Count one block less.

    Returns:
        int: how many there are.
    """
    _NESTING.set(_NESTING.get() - 1)
    return _NESTING.get()


def _old(name, instead):
    warnings.warn(
        f"{name} is deprecated; use {instead}.", DeprecationWarning, stacklevel=3
    )


def is_autocast_cpu_enabled():
    """Deprecated: ``is_autocast_enabled("cpu")``."""
    _old("is_autocast_cpu_enabled()", 'is_autocast_enabled("cpu")')
    return is_autocast_enabled("cpu")


def set_autocast_cpu_enabled(enabled):
    """Deprecated: ``set_autocast_enabled("cpu", enabled)``."""
    _old("set_autocast_cpu_enabled()", 'set_autocast_enabled("cpu", ...)')
    set_autocast_enabled("cpu", enabled)


def get_autocast_cpu_dtype():
    """Deprecated: ``get_autocast_dtype("cpu")``."""
    _old("get_autocast_cpu_dtype()", 'get_autocast_dtype("cpu")')
    return get_autocast_dtype("cpu")


def set_autocast_cpu_dtype(dtype):
    """Deprecated: ``set_autocast_dtype("cpu", dtype)``."""
    _old("set_autocast_cpu_dtype()", 'set_autocast_dtype("cpu", ...)')
    set_autocast_dtype("cpu", dtype)


def get_autocast_gpu_dtype():
    """Deprecated: ``get_autocast_dtype("cuda")``."""
    _old("get_autocast_gpu_dtype()", 'get_autocast_dtype("cuda")')
    return get_autocast_dtype("cuda")


def set_autocast_gpu_dtype(dtype):
    """Deprecated: ``set_autocast_dtype("cuda", dtype)``."""
    _old("set_autocast_gpu_dtype()", 'set_autocast_dtype("cuda", ...)')
    set_autocast_dtype("cuda", dtype)


# -------------------------------------------------------------- another time the same


def current_modes():
    """What is on now, for `restored_modes`."""
    return _ENABLED.get(), _DTYPES.get(), _CACHING.get()


@contextmanager
def restored_modes(modes):
    """What was on at another time, for the length of a block."""
    now, cache = current_modes(), _CACHE.get()
    _CACHE.set(None)
    autocast_increment_nesting()
    _set_modes(modes)
    try:
        yield
    finally:
        _set_modes(now)
        autocast_decrement_nesting()
        _CACHE.set(cache)


def _set_modes(modes):
    for variable, value in zip((_ENABLED, _DTYPES, _CACHING), modes, strict=True):
        variable.set(value)
    _place_interceptor()


# ---------------------------------------------------------------------- the interceptor


def _place_interceptor():
    """Put the interceptor on this thread's stack, or take it off."""
    stack = intercept._STACK.get()
    wanted, present = bool(_ENABLED.get()), _see in stack
    if wanted and not present:
        intercept._STACK.set((*stack, _see))
        STATE.count("special", 1)
    elif present and not wanted:
        intercept._STACK.set(tuple([i for i in stack if i is not _see]))
        STATE.count("special", -1)


def _see(call, proceed):
    policy = call.op.autocast
    if policy is not None and call.target is None:
        call.inputs = _cast_inputs(policy, call.inputs)
    return proceed()


def _cast_inputs(policy, inputs):
    dtypes, enabled = _DTYPES.get(), _ENABLED.get()
    wanted = None
    if policy == "widest":
        present = {t.dtype for t in inputs if _is_eligible(t, enabled)}
        wanted = float32 if float32 in present or len(present) > 1 else None
        if wanted is None:
            return inputs
    results = []
    for value in inputs:
        if _is_eligible(value, enabled):
            dtype = dtypes[value.device.type] if policy == "lower" else float32
            value = value if value.dtype is dtype else _cast(value, dtype)
        results.append(value)
    return tuple(results)


def _is_eligible(value, enabled):
    return (
        isinstance(value, Tensor)
        and value.dtype.is_floating_point
        and value.dtype is not float64
        and value.device.type in enabled
    )


def _cast(tensor, dtype):
    """A tensor in another dtype; that of a parameter is kept (Note [Autocast])."""
    keeps = (
        tensor.dtype is float32
        and tensor.requires_grad
        and tensor.is_leaf
        and tensor._base is None
        and _NESTING.get()
        and _CACHING.get()
        and GRAD_MODE.get()
    )
    if not keeps:
        return tensor.to(dtype)
    cache = _CACHE.get()
    if cache is None:
        cache = {}
        _CACHE.set(cache)
    key, version = (id(tensor), dtype), version_of(tensor)
    found = cache.get(key)
    if found is None or found[1] != version or found[0] is not tensor:
        found = cache[key] = (tensor, version, tensor.to(dtype))
    return found[2]
