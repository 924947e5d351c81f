"""Pictures on a terminal: half blocks in greys, or characters by their darkness."""

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

#: From dark to bright.
_RAMP = " .:-=+*#%@"
_GREYS = 18, 18  # pixels across and down, two of them in a character
_CHARACTERS = 24, 24


def as_text(picture, *, colours):
    """Lines of text that show a picture.

    Args:
        picture: (28, 28), uint8.
        colours: whether the terminal shows greys.

    Returns:
        list of rich.text.Text of equal width, half as many as wide.

    >>> lines = as_text(np.full((28, 28), 255, np.uint8), colours=False)
    >>> len(lines), lines[0].plain
    (12, '@@@@@@@@@@@@@@@@@@@@@@@@')
    """
    width, height = _GREYS if colours else _CHARACTERS
    small = _shrunk(picture.astype(float) / 255, height, width)
    if not colours:
        small = (small[0::2] + small[1::2]) / 2
        shades = (np.sqrt(small) * (len(_RAMP) - 0.01)).astype(int)
        return [Text("".join(_RAMP[shade] for shade in row)) for row in shades]
    greys = np.rint(small * 255).astype(int)
    return [_half_blocks(*rows) for rows in zip(greys[0::2], greys[1::2], strict=True)]


def _half_blocks(upper, lower):
    line = Text()
    for above, below in zip(upper, lower, strict=True):
        line.append("▀", Style(color=_grey(above), bgcolor=_grey(below)))
    return line


def _grey(value):
    return Color.from_rgb(value, value, value)


def _shrunk(picture, height, width):
    """The mean grey in each of the larger pixels."""
    rows, columns = picture.shape
    return _shares(rows, height) @ picture @ _shares(columns, width).T


def _shares(size, wanted):
    """(wanted, size): how much of each pixel lies in each of the larger ones."""
    edges = np.arange(wanted + 1) * size / wanted
    start, end = edges[:-1, None], edges[1:, None]
    places = np.arange(size)
    inside = np.minimum(end, places + 1) - np.maximum(start, places)
    return np.clip(inside, 0, None) * wanted / size


def side_by_side(blocks, captions, gap=2):
    """Pictures beside each other, each above its caption.

    Args:
        blocks: list of lists of lines, of equal sizes.
        captions: for each a list of rich.text.Text, of equal lengths.
        gap: columns between two pictures.

    Returns:
        list of rich.text.Text.
    """
    width = len(blocks[0][0])
    for caption in captions:
        for line in caption:
            line.truncate(width, pad=True)
    columns = [[*block, *lines] for block, lines in zip(blocks, captions, strict=True)]
    space = Text(" " * gap)
    return [space.join(lines) for lines in zip(*columns, strict=True)]
