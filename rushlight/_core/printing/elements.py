"""How the numbers of one tensor look: with exponents, with decimals, or whole."""

from collections.abc import Callable
from typing import Any

import numpy as np


class Elements:
    """The common look of some numbers, chosen so that they line up.

    Numbers whose sizes differ by more than a factor of 1000, or which are very large or
    very small, are written with exponents; whole ones as `3.`; others with decimals.

    Args:
        values: (*), real; the numbers that will be shown.
        options: the PrintOptions.

    Attributes:
        width: the columns of one element; nan and inf may take more.
    """

    def __init__(self, values, options):
        self._precision = options.precision
        self._text: Callable[[Any], str] = str
        self.width = 1
        if values.dtype.kind in "biu":
            self.width = max(map(len, map(str, values.ravel().tolist())), default=1)
        else:
            self._choose(as_floats(values).ravel(), options.sci_mode)

    def _choose(self, values, sci_mode):
        sizes = values[np.isfinite(values) & (values != 0)]
        if not sizes.size:
            self._text = self._whole
            return
        is_whole = bool((sizes == np.ceil(sizes)).all())
        if sci_mode is None:
            sci_mode = _needs_exponents(np.abs(sizes), is_whole)
        self._text = self._look(sci_mode, is_whole)
        self.width = max(map(len, map(self._text, sizes.tolist())))

    def _look(self, has_exponents, is_whole):
        if has_exponents:
            return self._scientific
        return self._whole if is_whole else self._decimal

    def _scientific(self, value):
        return f"{value:.{self._precision}e}"

    def _decimal(self, value):
        return f"{value:.{self._precision}f}"

    def _whole(self, value):
        text = f"{value:.0f}"
        return text if text.endswith(("n", "f")) else f"{text}."

    def text(self, value):
        """One element, filled with blanks from the left."""
        return self._text(value).rjust(self.width)


class ComplexElements:
    """The look of complex numbers: that of their parts, each chosen for itself.

    Args:
        values: (*), complex.
        options: the PrintOptions.

    Attributes:
        width: the columns of one element.
    """

    def __init__(self, values, options):
        self._real = Elements(values.real, options)
        self._imag = Elements(values.imag, options)
        self.width = self._real.width + self._imag.width + 1

    def text(self, value):
        """One element: the real part filled with blanks, the imaginary part not."""
        imag = self._imag.text(value.imag).lstrip()
        sign = "" if imag[0] in "+-" else "+"
        return f"{self._real.text(value.real)}{sign}{imag}j"


def as_floats(values):
    """Real floating-point values in float64; others as they are."""
    is_float = values.dtype.kind not in "biuc"
    return values.astype(np.float64) if is_float else values


def elements_of(values, options):
    """The look of an array's elements."""
    kind = ComplexElements if values.dtype.kind == "c" else Elements
    return kind(values, options)


def _needs_exponents(magnitudes, is_whole):
    least, most = magnitudes.min(), magnitudes.max()
    with np.errstate(over="ignore"):
        spread = most / least
    return bool(spread > 1000 or most > 1e8 or (not is_whole and least < 1e-4))
