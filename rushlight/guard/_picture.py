"""The numbers of watched steps as a picture: an SVG file, written as text.

Three plots over the steps, all logarithmic: gradient norms, update-to-weight ratios and
the standard deviations of activations, a line for each parameter or layer.
"""

import math
from html import escape

WIDE, HIGH, LEFT, TOP, GAP = 560, 200, 60, 30, 50
ROW = 14  # pixels from one name to the next
PANELS = (
    ("gradient", "gradient norms"),
    ("ratio", "update / weight"),
    ("std", "standard deviations of activations"),
)


def draw(steps):
    """The text of the picture.

    Args:
        steps: list of records, as `Watch.steps` holds them.

    Returns:
        str: an SVG document; a plot without any number above 0 is left out.
    """
    parts, top = [], TOP
    for key, title in PANELS:
        lines = series(steps, key)
        if lines:
            parts += _panel(lines, title, top)
            top += max(HIGH, ROW * len(lines)) + GAP
    size = f'width="{WIDE + LEFT + 280}" height="{max(top, 2 * TOP)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" '
    head += 'font-size="11">'
    return "\n".join(
        [head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"]
    )


def series(steps, key):
    """{name: [(step, log10 of the value)]}, of the values above 0.

    >>> series([{"step": 3, "layers": {"a": {"std": 100.0}, "b": {"std": 0.0}}}], "std")
    {'a': [(3, 2.0)]}
    """
    lines = {}
    for record in steps:
        for name, found in record["layers"].items():
            value = found.get(key, 0.0)
            if 0 < value < math.inf:
                lines.setdefault(name, []).append((record["step"], math.log10(value)))
    return lines


def _panel(lines, title, top):
    """One plot: frame, title, powers of ten, lines and their names."""
    steps = [step for points in lines.values() for step, _ in points]
    values = [value for points in lines.values() for _, value in points]
    low, high = math.floor(min(values)), math.ceil(max(values))
    first, last = min(steps), max(steps)
    high = high if high > low else low + 1

    def place(step, value):
        x = LEFT + WIDE * (step - first) / max(1, last - first)
        return x, top + HIGH * (high - value) / (high - low)

    head = f"{title}, steps {first} to {last}"
    frame = f'<rect x="{LEFT}" y="{top}" width="{WIDE}" height="{HIGH}"'
    parts = [
        f'<text x="{LEFT}" y="{top - 8}" font-size="13">{head}</text>',
        f'{frame} fill="none" stroke="#999"/>',
    ]
    for power in range(low, high + 1, max(1, (high - low) // 6)):
        y = place(first, power)[1]
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">1e{power}</text>'
            f'<path d="M{LEFT} {y:.1f}h{WIDE}" stroke="#eee"/>'
        )
    for number, (name, points) in enumerate(lines.items()):
        color = f"hsl({360 * number // len(lines)},70%,40%)"
        parts += _line(name, [place(*point) for point in points], color, top, number)
    return parts


def _line(name, places, color, top, number):
    dots = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    if len(places) == 1:
        x, y = places[0]
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>'
    else:
        mark = f'<polyline points="{dots}" fill="none" stroke="{color}"/>'
    y = top + ROW * (number + 1)
    return [
        mark,
        f'<text x="{LEFT + WIDE + 10}" y="{y}" fill="{color}">{escape(name)}</text>',
    ]
