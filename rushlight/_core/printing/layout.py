"""Where the elements stand: nested brackets, full lines, and dots for the middle."""

from rushlight._core.printing.elements import as_floats, elements_of


def shown_part(array, options):
    """The elements that will be shown: all of them, or the edges of each dim."""
    if array.size <= options.threshold:
        return array
    for dim in range(array.ndim):
        array = _edges(array, dim, options.edgeitems)
    return array


def _edges(array, dim, count):
    """The first and the last few along a dim, where some lie between."""
    size = array.shape[dim]
    if size <= 2 * count:
        return array
    shown = [*range(count), *range(size - count, size)]
    return array[(slice(None),) * dim + (shown,)]


def format_elements(shown, shape, indent, options):
    """The bracketed text of the shown elements of an array of some shape.

    Args:
        shown: what `shown_part` gave, as a NumPy array.
        shape: the whole array's.
        indent: the column at which the text begins.
        options: the PrintOptions.
    """
    elements = elements_of(shown, options)
    if shown.ndim == 0:
        return elements.text(as_floats(shown).item())
    is_short = shown.shape != tuple(shape)
    if is_short and options.edgeitems == 0:
        return "[...]"
    writer = _Writer(elements, shape, is_short, options)
    return writer.write(as_floats(shown).tolist(), 0, indent)


class _Writer:
    """Writes nested lists, dim by dim."""

    def __init__(self, elements, shape, is_short, options):
        self._elements = elements
        self._edge = options.edgeitems
        self._columns = options.linewidth
        self._has_gap = [is_short and size > 2 * self._edge for size in shape]

    def write(self, rows, dim, indent):
        """The bracket of one row, or of rows of rows; it begins at column `indent`."""
        inner = len(self._has_gap) - dim - 1
        blanks = " " * (indent + 1)
        if inner == 0:
            return f"[{self._lines(rows, indent, blanks)}]"
        texts = [self.write(row, dim + 1, indent + 1) for row in rows]
        if self._has_gap[dim]:
            texts.insert(self._edge, "...")
        newlines = "\n" * inner
        return f"[{f',{newlines}{blanks}'.join(texts)}]"

    def _lines(self, row, indent, blanks):
        texts = [self._elements.text(value) for value in row]
        if self._has_gap[-1]:
            texts.insert(self._edge, " ...")
        per_line = max(1, (self._columns - indent) // (self._elements.width + 2))
        starts = range(0, len(texts), per_line)
        lines = [", ".join(texts[start : start + per_line]) for start in starts]
        return f",\n{blanks}".join(lines)
