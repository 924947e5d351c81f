"""Compare: measurements side by side, as a table."""

from rushlight.utils.benchmark.measurement import Measurement, select_unit


class Compare:
    """A table of measurements: a row for each sub_label, a column for each description.

    Args:
        results: Measurements.
    """

    def __init__(self, results):
        self._results = list(results)

    def extend_results(self, results):
        """Add measurements."""
        self._results.extend(results)

    def trim_significant_figures(self):
        """Nothing to do: times have one decimal."""

    def colorize(self, rowwise=False):
        """Nothing to do: the table has no colours."""

    def print(self):
        """Print the table."""
        print(self)  # noqa: T201 - that is what it is for

    def __str__(self):
        merged = Measurement.merge(self._results)
        labels = dict.fromkeys(m.task_spec.label for m in merged)
        return "\n".join(
            _table(label, [m for m in merged if m.task_spec.label == label])
            for label in labels
        )


def _table(label, found):
    unit, length = select_unit(min(m.median for m in found))
    columns = list(dict.fromkeys(m.task_spec.description for m in found))
    rows = {}
    for m in found:
        task = m.task_spec
        row = rows.setdefault((task.num_threads, task.sub_label or task.stmt), {})
        row[task.description] = f"{m.median / length:.1f}"
    head = max(len(name) for _, name in rows) + 6
    widths = [max(len(str(c or "")), 8) for c in columns]
    title = f" {label} " if label else ""
    total = head + sum(w + 5 for w in widths)
    lines = [f"[{title:-^{total}}]"]
    lines.append(_line("", columns, head, widths))
    for threads in dict.fromkeys(t for t, _ in rows):
        lines.append(f"{threads} threads: ".ljust(total + 2, "-"))
        for (count, name), cells in rows.items():
            if count == threads:
                line = [cells.get(c, "") for c in columns]
                lines.append(_line(f"      {name}", line, head, widths))
    word = {"ns": "nano", "us": "micro", "ms": "milli", "s": ""}[unit]
    return "\n".join([*lines, "", f"Times are in {word}seconds ({unit}).", ""])


def _line(first, cells, head, widths):
    pairs = zip(cells, widths, strict=True)
    rest = "".join(f"  |  {cell or '':>{width}}" for cell, width in pairs)
    return f"{first:{head}}{rest}".rstrip()
