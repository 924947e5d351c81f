"""Events as a table of text, laid out as torch's."""

_WIDTH = 12
_UNITS = {"s": 1e6, "ms": 1e3, "us": 1.0}
_PREFIXES = ((1e12, "TFLOPs"), (1e9, "GFLOPs"), (1e6, "MFLOPs"), (1e3, "KFLOPs"))


def format_time(microseconds, unit=None):
    """A time with its unit: us below a millisecond, ms below a second, else s.

    >>> format_time(12.5), format_time(1500), format_time(2e6)
    ('12.500us', '1.500ms', '2.000s')
    """
    if unit is None:
        unit = next((u for u in ("s", "ms") if microseconds >= _UNITS[u]), "us")
    return f"{microseconds / _UNITS[unit]:.3f}{unit}"


def format_memory(size):
    """A number of bytes with its unit.

    >>> format_memory(0), format_memory(2048), format_memory(-5)
    ('0 B', '2.00 KB', '-5 B')
    """
    for bound, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if abs(size) >= bound:
            return f"{size / bound:.2f} {unit}"
    return f"{size} B"


def _share(part, whole):
    return f"{100 * part / whole:.2f}%" if whole else "NaN"


def _cut(text, width):
    return text if width is None or len(text) < width else f"{text[: width - 3]}..."


def _columns(rows, events, time_unit, widths):
    """Triples (header, width, cell of an event)."""
    total = sum(e.self_cpu_time_total for e in events)
    names, shapes, source = widths

    def time(value):
        return format_time(value, time_unit)

    longest = max(len(e.key) for e in rows) + 4
    yield "Name", min(longest, names or longest), lambda e: _cut(e.key, names)
    yield "Self CPU %", _WIDTH, lambda e: _share(e.self_cpu_time_total, total)
    yield "Self CPU", _WIDTH, lambda e: time(e.self_cpu_time_total)
    yield "CPU total %", _WIDTH, lambda e: _share(e.cpu_time_total, total)
    yield "CPU total", _WIDTH, lambda e: time(e.cpu_time_total)
    yield "CPU time avg", _WIDTH, lambda e: time(e.cpu_time)
    if events.profile_memory:
        yield "CPU Mem", _WIDTH, lambda e: format_memory(e.cpu_memory_usage)
        yield "Self CPU Mem", _WIDTH, lambda e: format_memory(e.self_cpu_memory_usage)
    yield "# of Calls", _WIDTH, lambda e: str(e.count)
    if any(e.input_shapes for e in rows):
        longest = max(len(str(e.input_shapes)) for e in rows) + 4
        width = min(longest, shapes or longest)
        yield "Input Shapes", width, lambda e: _cut(str(e.input_shapes), width)
    if any(e.stack for e in rows):
        longest = max(len(line) for e in rows for line in e.stack[:1] or [""]) + 4
        width = min(longest, source or longest)
        yield "Source Location", width, lambda e: _cut((e.stack or [""])[0], width)
    if events.with_flops:
        yield from _flops(rows)


def _flops(rows):
    most = max(e.flops for e in rows)
    scale, name = next(((s, n) for s, n in _PREFIXES if most >= s), (1.0, "FLOPs"))
    yield (
        f"Total {name}",
        _WIDTH,
        lambda e: f"{e.flops / scale:.3f}" if e.flops > 0 else "--",
    )


def table_of(rows, events, row_limit, widths, header, time_unit):
    """The text of a table: rows of `events`, of which at most row_limit are shown."""
    if not rows:
        return ""
    columns = list(_columns(rows, events, time_unit, widths))
    line = "  ".join("-" * width for _, width, _ in columns) + "  "
    shown = rows if row_limit < 0 else rows[:row_limit]
    lines = []
    if header is not None:
        lines += ["=" * len(line), header]
    lines += [line, _row([name for name, _, _ in columns], columns), line]
    lines += [_row([cell(e) for _, _, cell in columns], columns) for e in shown]
    total = format_time(sum(e.self_cpu_time_total for e in events), time_unit)
    return "\n".join([*lines, line, f"Self CPU time total: {total}", ""])


def _row(cells, columns):
    pairs = zip(cells, columns, strict=True)
    return "  ".join(f"{cell:>{width}}" for cell, (_, width, _) in pairs) + "  "
