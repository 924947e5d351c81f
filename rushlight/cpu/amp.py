"""torch.cpu.amp's names, deprecated for those of torch.amp."""

import warnings

from rushlight import amp
from rushlight._base.dtype import bfloat16

__all__ = ["GradScaler", "autocast"]


def _old(name):
    warnings.warn(
        f"cpu.amp.{name} is deprecated: use amp.{name} with the device 'cpu'.",
        FutureWarning,
        stacklevel=3,
    )


class autocast(amp.autocast):  # noqa: N801 - torch's public name
    """Deprecated: ``amp.autocast("cpu", ...)``."""

    def __init__(self, enabled=True, dtype=bfloat16, cache_enabled=True):
        _old("autocast")
        super().__init__("cpu", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """Deprecated: ``amp.GradScaler("cpu", ...)``."""

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
            "cpu",
            init_scale,
            growth_factor,
            backoff_factor,
            growth_interval,
            enabled,
        )
