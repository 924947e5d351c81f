"""trunc_normal_: the normal distribution, cut off on both sides."""

import math
import warnings

from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Fill from the normal distribution cut off outside [a, b].

    Values outside are drawn again.  Where few would be inside, uniform numbers of
    [a, b] are kept with a probability in proportion to the density instead.

    Args:
        tensor: (*), float.
        mean, std: of the normal distribution before it is cut.
        a, b: the bounds, as values.
        generator: Generator, or None for the default one.

    >>> import rushlight
    >>> bool((trunc_normal_(rushlight.empty(9), std=5.0).abs() <= 2).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            f"trunc_normal_(): expected a mean within 2 std of [{a}, {b}], got {mean}. "
            "The values may be far from the distribution.",
            stacklevel=2,
        )
    if tensor.is_meta:
        return tensor
    inside = _normal_below((b - mean) / std) - _normal_below((a - mean) / std)
    draw = _redraw_outside if inside > 0.3 else _thin_uniform
    with no_grad():
        return draw(tensor, mean, std, a, b, generator)


def _normal_below(x):
    """The probability of a standard normal value below x."""
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _redraw_outside(tensor, mean, std, a, b, generator):
    tensor.normal_(mean, std, generator=generator)
    outside = (tensor < a) | (tensor > b)
    while outside.any():
        # Everywhere, so that the draws are PyTorch's; used where it is needed.
        again = TORCH["empty_like"](tensor).normal_(mean, std, generator=generator)
        tensor[outside] = again[outside]
        outside = (tensor < a) | (tensor > b)
    return tensor


def _thin_uniform(tensor, mean, std, a, b, generator):
    mode = max(a, min(mean, b))
    log_peak = -0.5 * ((mode - mean) / std) ** 2
    rejected = None
    while rejected is None or rejected.any():
        drawn = TORCH["empty_like"](tensor).uniform_(a, b, generator=generator)
        height = TORCH["empty_like"](tensor).uniform_(generator=generator).log_()
        log_density = ((drawn - mean) / std).square() * -0.5 - log_peak
        too_high = height > log_density
        if rejected is None:
            tensor.copy_(drawn)
            rejected = too_high
        else:
            tensor[rejected] = drawn[rejected]
            rejected = rejected & too_high
    return tensor
