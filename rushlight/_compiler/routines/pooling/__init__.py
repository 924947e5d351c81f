"""Poolings and their gradients: read `windows`, then `pools` and `adaptive`."""

from rushlight._compiler.routines.pooling.adaptive import (
    adaptive_average_pool,
    adaptive_average_pool_gradient,
)
from rushlight._compiler.routines.pooling.pools import (
    average_pool,
    average_pool_gradient,
    max_pool,
    max_pool_gradient,
)
from rushlight._compiler.routines.pooling.windows import Windows

__all__ = [
    "Windows",
    "adaptive_average_pool",
    "adaptive_average_pool_gradient",
    "average_pool",
    "average_pool_gradient",
    "max_pool",
    "max_pool_gradient",
]
