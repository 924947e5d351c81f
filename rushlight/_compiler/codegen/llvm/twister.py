"""Random numbers in machine code: the text of the module that fills arrays.

It is written in LLVM's own language: twister.ll makes words of the Mersenne Twister's
state and plain numbers of words, coins.ll tosses coins, normals.ll is Box and Muller's
transform.  runtime/draws.py calls what is defined here.

# Note [Native twister]
# The state is NumPy's own, as it lies in memory: 624 words and the place of the next
# one.  So machine code and NumPy may take turns, and the state is saved and restored
# as ever.  A block of words is made and tempered sixteen at a time.  What is made of
# the words is made a chunk at a time, while they are in the nearest cache.
"""

import functools
import sys
from pathlib import Path
from string import Template

import numpy as np

from rushlight._core.sampling import box_muller

#: Words or pairs of words that are drawn before something is made of them.
CHUNK = 1024
#: Steps of a shuffle whose targets are known, and fetched, before they are done.
SWAPS = 256
#: Bits of what a coin may be written as.
COIN_WIDTHS = (8, 16, 32, 64)


@functools.cache
def emit_twister(fused):
    """The module's text.

    Args:
        fused: whether the machine multiplies and adds in one rounding; only then it
            has `normals`.
    """
    words = {"chunk": CHUNK, "swaps": SWAPS}
    words["turn"] = 32 if sys.byteorder == "little" else 0
    parts = [_filled("twister", words)]
    for width in COIN_WIDTHS:
        change = f"trunc <8 x i64> %ones.64 to <8 x i{width}>"
        narrow = change if width < 64 else "add <8 x i64> %ones.64, zeroinitializer"
        more = {"width": width, "bytes": width // 8, "narrow": narrow}
        parts.append(_filled("coins", words | more))
    if fused:
        parts.append(_filled("normals", words | _constants()))
    return "\n".join(parts)


def _filled(name, words):
    path = Path(__file__).with_name(f"{name}.ll")
    return Template(path.read_text("utf-8")).substitute(words)


def _constants():
    """The numbers of Box and Muller's transform, as LLVM writes them."""
    names = "LOG2_LOW LOG2_HIGH FOUR_OVER_PI QUARTER_HIGH QUARTER_MIDDLE TWO_PI".split()
    found = {name.lower(): _float(getattr(box_muller, name)) for name in names}
    found["minus_quarter_low"] = _float(-box_muller.QUARTER_LOW)
    found["sqrt_half"] = int(box_muller.SQRT_HALF_BITS)
    found["log_steps"] = _polynomial("log", "x", box_muller.LOG)
    found["sin_steps"] = _polynomial("sin", "square", box_muller.SIN)
    found["cos_steps"] = _polynomial("cos", "square", box_muller.COS)
    return found


def _float(number):
    """A float32 number as a constant: the bits of the equal float64 number."""
    return f"0x{np.float64(number).view(np.uint64):016X}"


def _polynomial(name, x, coefficients):
    """Horner's rule in fused steps, from the highest power down."""
    first, *rest = coefficients
    value, lines = f"splat (float {_float(first)})", []
    for number, coefficient in enumerate(rest, 1):
        is_last = number == len(rest)
        result = f"%{name}_polynomial" if is_last else f"%{name}.{number}"
        lines.append(
            f"  {result} = call <8 x float> @fused(<8 x float> {value}, "
            f"<8 x float> %{x}, <8 x float> splat (float {_float(coefficient)}))"
        )
        value = result
    return "\n".join(lines)
