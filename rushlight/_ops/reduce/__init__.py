"""Reductions: over all dimensions, one, or several."""

from rushlight._ops.reduce import (
    extremes,
    middle,
    norms,
    places,
    spread,
    totals,
    truth,
)
