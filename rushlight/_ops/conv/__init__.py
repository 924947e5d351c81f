"""Convolutions and transposed convolutions in one, two and three dimensions.

Read `_plan` (geometry), `_sweep` (the three products, as arrays), then `convolution`
(ops and gradients) and `transposed`.
"""

from rushlight._ops.conv import convolution, transposed
