"""New tensors: from sizes, from data, by rule."""

from rushlight._ops.create import (
    complex_numbers,
    data,
    grids,
    like,
    matrices,
    options,
    ranges,
    share,
    sizes,
    spaces,
    typed,
)
