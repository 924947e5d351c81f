"""Copies, conversions, and writing whole tensors."""

from rushlight._ops.cast import (
    copies,
    fill,
    to,
)
