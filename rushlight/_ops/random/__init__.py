"""Random numbers for tensors: seeds, tensors of them, in-place fills.

The numbers themselves are made in `_core/sampling`, the state is kept by
`_core/generator`; masks for dropout are in `dropout`.  Read `fill` first.
"""

from rushlight._ops.random import seeds, fill, make, draw, laws
