"""Gradient norms over a run, parameter by parameter: `rushlight doctor` prints them."""

import math
import weakref

import numpy as np

from rushlight.guard._names import name_of, parameter_names

MOST = 40  # rows of the table
RECORDS = {}  # {id of a parameter: Record}, in the order in which they were first met


class Record:
    """What is known of one parameter's gradients.

    Attributes:
        ref: weak reference to the parameter.
        name: its path and shape.
        first, largest, last: norms.
        weight: the parameter's own norm at the last step.
    """

    __slots__ = ("ref", "name", "steps", "first", "largest", "last", "weight")

    def __init__(self, parameter, name):
        self.ref, self.name, self.steps = weakref.ref(parameter), name, 0
        self.first = self.largest = self.last = self.weight = 0.0

    def add(self, gradient, weight):
        """Take in the norms of one step."""
        if not self.steps:
            self.first = gradient
        self.largest = gradient if gradient != gradient else max(self.largest, gradient)
        self.last, self.weight, self.steps = gradient, weight, self.steps + 1

    def verdict(self):
        """A word for what stands out, or an empty string."""
        if not math.isfinite(self.largest) or not math.isfinite(self.last):
            return "not finite"
        if self.largest == 0:
            return "always 0"
        if self.largest > 100 * max(self.first, self.weight):
            return "explodes"
        if self.largest < 1e-7 * self.weight:
            return "vanishes"
        return ""


def norm(array):
    """The 2-norm of an array of any float dtype.

    >>> norm(np.full((2, 2), 1e30, np.float32)) > 1e30
    True
    """
    flat = np.asarray(array).reshape(-1)
    wide = flat if flat.dtype.kind in "fc" and flat.dtype.itemsize > 4 else None
    flat = flat.astype(np.float64) if wide is None else wide
    return float(np.linalg.norm(flat))


def stepping(optimizer):
    """step() is about to run."""
    names = None
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            gradient = parameter._grad
            if gradient is None:
                continue
            record = RECORDS.get(id(parameter))
            if record is None or record.ref() is not parameter:
                names = parameter_names() if names is None else names
                record = Record(parameter, name_of(parameter, names))
                RECORDS[id(parameter)] = record
            record.add(norm(gradient._array), norm(parameter._array))


def table():
    """The lines of the table; none where no optimizer stepped."""
    records = list(RECORDS.values())
    if not records:
        return []
    shown = records if len(records) <= MOST else _shown(records)
    wide = max(len(record.name) for record in shown)
    steps = max(record.steps for record in records)
    lines = [f"Gradients of {len(records)} parameters in {steps} steps (2-norms):"]
    lines.append(f"  {'':{wide}}     first   largest      last   weights")
    for record in shown:
        values = (record.first, record.largest, record.last, record.weight)
        numbers = "".join(f"{value:10.2g}" for value in values)
        lines.append(f"  {record.name:{wide}}{numbers}  {record.verdict()}".rstrip())
    if len(shown) < len(records):
        lines.append(
            f"  and {len(records) - len(shown)} more, where nothing stands out"
        )
    return [*lines, ""]


def _shown(records):
    """Those that stand out, and the first of the others, in their order."""
    odd = [record for record in records if record.verdict()][:MOST]
    rest = [record for record in records if not record.verdict()][: MOST - len(odd)]
    chosen = set(map(id, odd + rest))
    return [record for record in records if id(record) in chosen]
