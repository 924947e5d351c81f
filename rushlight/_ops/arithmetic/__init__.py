"""Arithmetic, and the operators that stand for it."""

from rushlight._ops.arithmetic import (
    add,
    divide,
    extremes,
    fused,
    multiply,
    power,
    remainder,
    sign,
)
