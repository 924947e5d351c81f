"""torch.cuda.amp's names, all deprecated for those of torch.amp."""

import functools
import warnings

from rushlight import amp
from rushlight._base.dtype import float16

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd"]


def _old(name):
    warnings.warn(
        f"cuda.amp.{name} is deprecated: use amp.{name} with the device 'cuda'.",
        FutureWarning,
        stacklevel=3,
    )


def amp_definitely_not_available():
    """Whether there is no CUDA device."""
    from rushlight.cuda import is_available

    return not is_available()


class autocast(amp.autocast):  # noqa: N801 - torch's public name
    """Deprecated: ``amp.autocast("cuda", ...)``."""

    def __init__(self, enabled=True, dtype=float16, cache_enabled=True):
        _old("autocast")
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """Deprecated: ``amp.GradScaler("cuda", ...)``."""

    def __init__(
        self,
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        _old("GradScaler")
        super().__init__(
            "cuda",
            init_scale,
            growth_factor,
            backoff_factor,
            growth_interval,
            enabled,
        )


def custom_fwd(fwd=None, *, cast_inputs=None):
    """Deprecated: ``amp.custom_fwd(..., device_type="cuda")``."""
    _old("custom_fwd")
    made = functools.partial(amp.custom_fwd, device_type="cuda")
    return made(fwd=fwd, cast_inputs=cast_inputs)


def custom_bwd(bwd):
    """Deprecated: ``amp.custom_bwd(..., device_type="cuda")``."""
    _old("custom_bwd")
    return amp.custom_bwd(bwd, device_type="cuda")
