"""Mixed precision: torch.amp's names."""

from rushlight.amp.autocast_mode import (
    autocast,
    custom_bwd,
    custom_fwd,
    is_autocast_available,
)
from rushlight.amp.grad_scaler import GradScaler

__all__ = [
    "GradScaler",
    "autocast",
    "custom_bwd",
    "custom_fwd",
    "is_autocast_available",
]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.amp", name, __all__)
