"""Activation functions, and softmax."""

from rushlight._ops.activation import (
    exponential_units,
    gated,
    gelu,
    glu,
    leaky,
    rectifiers,
    shrink,
    sigmoids,
    softmax,
)
