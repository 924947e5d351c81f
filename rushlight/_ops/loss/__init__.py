"""Loss functions, by what they compare.

`cross_entropy` class scores with class numbers or probabilities; `distance` numbers
with numbers; `binary` scores with yes or no; `density` distributions; `margin` scores
that must differ by a margin.  `_reduction` holds what they share.
"""

from rushlight._ops.loss import binary, cross_entropy, density, distance, margin
