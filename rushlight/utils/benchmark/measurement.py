"""Measurement: what a Timer found, with its median and spread."""

import dataclasses
import math
import statistics

_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_NAMES = {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}
_SPREAD_WARNED = 0.1  # interquartile range over median


def select_unit(t):
    """The unit for a time in seconds: (its name, its length in seconds).

    >>> select_unit(2e-5)
    ('us', 1e-06)
    """
    exponent = math.floor(math.log10(t) / 3) * 3 if t > 0 else -9
    name = {-9: "ns", -6: "us", -3: "ms"}.get(max(exponent, -9), "s")
    return name, _UNITS[name]


def unit_to_english(u):
    """A unit's whole name.

    >>> unit_to_english("us")
    'microsecond'
    """
    return _NAMES[u]


def trim_sigfig(x, n):
    """x rounded to n significant figures.

    >>> trim_sigfig(1234.5, 2)
    1200.0
    """
    if not x:
        return 0.0
    scale = 10 ** (math.ceil(math.log10(abs(x))) - n)
    return float(round(x / scale) * scale)


@dataclasses.dataclass(frozen=True)
class TaskSpec:
    """What was measured: the statement and what it is called."""

    stmt: str
    setup: str = "pass"
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self):
        """The label, or the statement."""
        if self.label is not None:
            return self.label + (f": {self.sub_label}" if self.sub_label else "")
        return self.stmt

    def setup_str(self):
        """The set-up as a line, or nothing."""
        return "" if self.setup in ("pass", "") else f"setup: {self.setup}"


@dataclasses.dataclass
class Measurement:
    """Times of a statement.

    Attributes:
        number_per_run: how often the statement ran in each measurement.
        raw_times: seconds of each measurement.
        task_spec: what was measured.
    """

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict | None = None

    @property
    def times(self):
        """Seconds of one run, for each measurement."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self):
        """The median of the times, in seconds."""
        return statistics.median(self.times)

    @property
    def mean(self):
        """The mean of the times, in seconds."""
        return statistics.fmean(self.times)

    @property
    def iqr(self):
        """The distance between the quartiles, in seconds."""
        if len(self.times) < 2:
            return 0.0
        low, _, high = statistics.quantiles(self.times, n=4, method="inclusive")
        return high - low

    @property
    def has_warnings(self):
        """Whether the times are far apart."""
        return self.iqr / self.median > _SPREAD_WARNED if self.median else False

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.task_spec, name)

    def __repr__(self):
        unit, length = select_unit(self.median)
        count, threads = len(self.raw_times), self.task_spec.num_threads
        lines = [object.__repr__(self), self.task_spec.title]
        if self.task_spec.setup_str():
            lines.append(self.task_spec.setup_str())
        lines.append(f"  {'Median: ' * (count > 1)}{self.median / length:.2f} {unit}")
        if count > 3:
            lines.append(f"  IQR:    {self.iqr / length:.2f} {unit}")
        plural, each = "s" * (count > 1), " per measurement" * (count > 1)
        lines.append(
            f"  {count} measurement{plural}, {self.number_per_run} runs{each}, "
            f"{threads} thread{'s' * (threads > 1)}"
        )
        if self.has_warnings:
            lines.append(
                "  WARNING: Interquartile range is "
                f"{self.iqr / self.median:.1%} of the median measurement."
            )
        return "\n".join(lines)

    @staticmethod
    def merge(measurements):
        """Join measurements of one task; a list with one for each task."""
        groups = {}
        for found in measurements:
            groups.setdefault(found.task_spec, []).append(found)
        return [
            Measurement(1, [t for m in group for t in m.times], task, group[0].metadata)
            for task, group in groups.items()
        ]
