"""Loss functions, by what they compare.

`cross_entropy` and `nll` class scores with class numbers or probabilities; `ctc`
scores over time with a text; `distance` numbers with numbers; `binary` scores with yes
or no; `density` distributions; `margin` scores that must differ by a margin,
`multiclass` those of classes.  `_reduction` and `_rows` hold what they share.
"""

from rushlight._ops.loss import (
    binary,
    cross_entropy,
    ctc,
    density,
    distance,
    margin,
    multiclass,
    nll,
)
