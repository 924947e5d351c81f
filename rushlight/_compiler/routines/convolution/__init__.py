"""Convolutions in one, two and three dims, and the gradients of picture and weight.

Read `planes` (how pictures lie in local memory), `boxes` (how they are cut where sizes
are symbolic), `tiles` (what stays in registers), `sweeps` and `direct`, then
`winograd`; then `portions` with the three ways to the weight's gradient,
`turned_weight`, `flat_weight` and `winograd_weight`, of which `weight_gradient`
chooses.
"""

from rushlight._compiler.routines.convolution.direct import convolution, input_gradient
from rushlight._compiler.routines.convolution.weight_gradient import weight_gradient

__all__ = ["convolution", "input_gradient", "weight_gradient"]
