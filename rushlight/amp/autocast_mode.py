"""autocast, and what functions of a user's own need to work in it."""

import collections.abc
import functools
import warnings

import numpy as np

from rushlight._base.dtype import bfloat16, float16, float64
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor
from rushlight.amp import casting


def is_autocast_available(device_type):
    """Whether there is an autocast for a kind of device.

    Args:
        device_type: "cpu", "cuda", ...

    >>> is_autocast_available("cpu")
    True
    """
    return device_type in casting.LOWER


def _check_text(device_type):
    if not isinstance(device_type, str):
        raise ArgumentError(
            explain(
                "autocast()",
                expected="`device_type` of type `str`",
                got=f"{type(device_type)}",
                do='Pass "cpu" or "cuda".',
            )
        )


class autocast:  # noqa: N801 - torch's public name
    """Run matrix products and convolutions in low precision: a context or decorator.

    Operations are sorted as torch does on the CPU: products, convolutions, linear
    layers and attention run in the low precision, losses and a few sums of many terms
    in float32, all others in the precision of what they are given.  Parameters stay in
    float32.  Call backward outside the block: gradients take the precision that the
    forward operation had.

    Args:
        device_type: "cpu" or "cuda".
        dtype: bfloat16 or float16; left out, bfloat16 on the CPU and float16 on CUDA.
        enabled: whether it does anything; False switches an outer one off.
        cache_enabled: whether a parameter is cast once for the whole block.

    Raises:
        ValueError: for a device_type that is no text.
        RuntimeError: for one that is not known.

    Warns:
        UserWarning: and does nothing, for another dtype, or without CUDA.

    Source: Micikevicius et al., Mixed precision training, 2018.

    >>> import rushlight
    >>> x = rushlight.ones(2, 2)
    >>> with autocast("cpu"):
    ...     print((x @ x).dtype, (x + x).dtype)
    torch.bfloat16 torch.float32
    """

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        _check_text(device_type)
        casting.check_device("autocast()", device_type)
        self.device = device_type
        self.fast_dtype = (
            casting.get_autocast_dtype(device_type) if dtype is None else dtype
        )
        self._cache_enabled = (
            casting.is_autocast_cache_enabled()
            if cache_enabled is None
            else cache_enabled
        )
        self._enabled = enabled and self._is_possible()
        self._outer = []

    def _is_possible(self):
        if self.device == "cuda":
            from rushlight.cuda import is_available

            if not is_available():
                why = "CUDA is not available. Disabling autocast."
                warnings.warn(why, stacklevel=3)
                return False
        elif self.fast_dtype not in (bfloat16, float16):
            why = (
                f"In {self.device.upper()} autocast, but the target dtype "
                f"{self.fast_dtype} is not supported (bfloat16 and float16 are). "
                "Disabling autocast."
            )
            warnings.warn(why, stacklevel=3)
            return False
        return True

    def __enter__(self):
        device = self.device
        self._outer.append(
            (
                casting.is_autocast_enabled(device),
                casting.get_autocast_dtype(device),
                casting.is_autocast_cache_enabled(),
            )
        )
        casting.set_autocast_enabled(device, self._enabled)
        casting.set_autocast_dtype(device, self.fast_dtype)
        casting.set_autocast_cache_enabled(self._cache_enabled)
        casting.autocast_increment_nesting()
        if self._enabled and self.fast_dtype is float16 and GUARDS.on:
            GUARDS.see.halving()
        return self

    def __exit__(self, *exc):
        enabled, dtype, caching = self._outer.pop()
        if casting.autocast_decrement_nesting() == 0:
            casting.clear_autocast_cache()
        casting.set_autocast_enabled(self.device, enabled)
        casting.set_autocast_dtype(self.device, dtype)
        casting.set_autocast_cache_enabled(caching)
        return False

    def __call__(self, func):
        """Decorate a function: it runs with autocast on."""
        if not callable(func):
            raise ArgumentTypeError(
                explain(
                    "autocast()(func)",
                    expected="a callable",
                    got=type(func).__name__,
                    do="As a context: `with autocast(device_type=...):`.",
                )
            )

        @functools.wraps(func)
        def wrapped(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return wrapped


def _cast(value, device_type, dtype):
    """Cast the floating-point tensors in a value, in containers too."""
    if isinstance(value, Tensor):
        fits = value.is_floating_point() and value.device.type == device_type
        return value.to(dtype) if fits and value.dtype is not float64 else value
    if isinstance(value, (str, bytes, np.ndarray)):
        return value
    if isinstance(value, collections.abc.Mapping):
        return {
            _cast(k, device_type, dtype): _cast(v, device_type, dtype)
            for k, v in value.items()
        }
    if isinstance(value, collections.abc.Iterable):
        items = (_cast(v, device_type, dtype) for v in value)
        return type(value)(items) if isinstance(value, (list, tuple)) else items
    return value


def custom_fwd(fwd=None, *, device_type, cast_inputs=None):
    """Decorate the ``forward`` of an autograd Function that is used under autocast.

    Args:
        fwd: ``forward(ctx, ...)``.
        device_type: "cpu" or "cuda".
        cast_inputs: a dtype: then it runs without autocast on inputs cast to that.

    Returns:
        The decorated function, or without `fwd` a decorator.

    Raises:
        ValueError: for a device_type that is no text.

    >>> import rushlight
    >>> class Double(rushlight.autograd.Function):
    ...     @staticmethod
    ...     @custom_fwd(device_type="cpu", cast_inputs=rushlight.float32)
    ...     def forward(ctx, x):
    ...         return x * 2
    >>> with rushlight.autocast("cpu"):
    ...     Double.apply(rushlight.ones(1, dtype=rushlight.bfloat16)).dtype
    torch.float32
    """
    _check_text(device_type)
    if fwd is None:
        return functools.partial(
            custom_fwd, device_type=device_type, cast_inputs=cast_inputs
        )

    @functools.wraps(fwd)
    def decorated(*args, **kwargs):
        ctx, is_on = args[0], casting.is_autocast_enabled(device_type)
        ctx._dtype = casting.get_autocast_dtype(device_type)
        ctx._fwd_used_autocast = is_on and cast_inputs is None
        if cast_inputs is None or not is_on:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            args = [ctx, *_cast(args[1:], device_type, cast_inputs)]
            return fwd(*args, **_cast(kwargs, device_type, cast_inputs))

    return decorated


def custom_bwd(bwd=None, *, device_type):
    """Decorate the ``backward`` of such a Function: it runs as its forward did.

    Args:
        bwd: ``backward(ctx, ...)``.
        device_type: "cpu" or "cuda".

    Returns:
        The decorated function, or without `bwd` a decorator.

    Raises:
        ValueError: for a device_type that is no text.
    """
    _check_text(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorated(*args, **kwargs):
        ctx = args[0]
        with autocast(device_type, ctx._dtype, enabled=ctx._fwd_used_autocast):
            return bwd(*args, **kwargs)

    return decorated
