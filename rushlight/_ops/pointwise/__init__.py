"""Mathematical functions element by element, by meaning."""

from rushlight._ops.pointwise import (
    angles,
    clamp,
    complex_numbers,
    exponential,
    hyperbolic,
    logarithm,
    logistic,
    replace,
    rounding,
    special,
    trigonometric,
)
