"""torch.utils.benchmark: time a statement, and compare measurements."""

from rushlight.utils.benchmark.compare import Compare
from rushlight.utils.benchmark.measurement import (
    Measurement,
    TaskSpec,
    select_unit,
    trim_sigfig,
    unit_to_english,
)
from rushlight.utils.benchmark.timer import Timer, timer

__all__ = [
    "Compare",
    "Measurement",
    "TaskSpec",
    "Timer",
    "select_unit",
    "timer",
    "trim_sigfig",
    "unit_to_english",
]
