"""Tensors put together: joined, repeated, turned, padded."""

from rushlight._ops.join import (
    blocks,
    border,
    cat,
    dimensions,
    directions,
    pad,
    repeat,
    turn,
)
