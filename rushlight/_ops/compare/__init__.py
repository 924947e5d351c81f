"""Comparisons, tests of numbers, logic, and choosing by a mask."""

from rushlight._ops.compare import choose, classify, close, logical, order
