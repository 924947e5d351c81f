"""uneven-mean: a score is the mean over batches, the last of which is small.

# Note [Read from the loop]
# ``total += loss(out, y).item()`` is a number of Python, which no tensor remembers.
# But the loop that adds it, and the division by the number of batches behind it, stand
# in the program's text, and how the number grew is seen in its variable.  That its
# terms are means is told by the text, or by the loss, computed again for one batch.
# Only evaluations are looked at: a running loss that training prints is none of this.
# Many a tutorial averages like that, with many batches, where it hardly matters.  So
# what is off by a tenth is named, and by a hundredth noted for a summary.
"""

import sys
import weakref

from rushlight._core.guarding import GUARDS
from rushlight._core.state import GRAD_MODE
from rushlight.guard._loops import loop_at
from rushlight.guard._places import Place, is_own
from rushlight.guard._report import found, is_listening
from rushlight.guard.checks.optim.step_order import COUNT

NAME = "uneven-mean"
SUMMARY = "a score is the mean over batches, the last of which is small"

_OFF, _FAR_OFF = 0.01, 0.1
#: Weak reference to the evaluation that is looked at now: a list of one or none.
EVALUATION = []


def forget():
    """Start as a fresh process does."""
    EVALUATION.clear()


def watched(loader, iterator):
    """What looks at the first pass of a loader whose last batch is smaller."""
    size = loader.batch_size
    if not isinstance(size, int) or loader.drop_last or not is_listening(NAME):
        return None
    try:
        rows = len(loader.dataset)
    except TypeError:
        return None
    return _Scores(loader) if rows > size and rows % size else None


def loss(name, input, target):
    """A loss function is called during an evaluation: kept to be computed again."""
    living = EVALUATION[0]()
    if living is None:
        EVALUATION.clear()
    elif not GRAD_MODE.get():
        living.last = name, input, target


class _Scores:
    """How the variables of a loop grew over one pass."""

    def __init__(self, loader):
        self.loader, self.last, self.start = loader, None, COUNT[0]
        self.frame_code = self.loop = None
        self.sizes, self.values = [], {}
        EVALUATION[:] = [weakref.ref(self)]

    def interested(self, batch):
        """Whether this is an evaluation whose loop adds up scores."""
        frame = _caller()
        if frame is None or not self._is_current() or COUNT[0] != self.start:
            return self._stop()
        if self.loop is None:
            self.loop = loop_at(frame, self.loader)
            self.frame_code = frame.f_code
        if self.loop is None or not self.loop.sums or frame.f_code != self.frame_code:
            return self._stop()
        self._note(frame)
        size = _rows(batch)
        self.sizes.append(size)
        return size is not None or self._stop()

    def _is_current(self):
        return bool(EVALUATION) and EVALUATION[0]() is self

    def _stop(self):
        if self._is_current():
            EVALUATION.clear()
        return False

    def _note(self, frame):
        for name in self.loop.sums:
            value = frame.f_locals.get(name, 0.0)
            value = len(value) if isinstance(value, list) else value
            self.values.setdefault(name, []).append(value)

    def over(self):
        """The pass is over: is any of its sums divided by the number of batches?"""
        frame, current = _caller(), self._is_current() and COUNT[0] == self.start
        self._stop()
        if not current or frame is None or frame.f_code != self.frame_code:
            return
        self._note(frame)
        for name, line in self.loop.divisions(frame, len(self.sizes)):
            means = _terms(self.values[name], frame.f_locals.get(name))
            if means is not None and (self.loop.is_mean(name) or self._is_loss(means)):
                self._compare(frame, name, means, line)

    def _is_loss(self, means):
        """Whether the last term is the mean of the last loss that was computed."""
        if self.last is None:
            return False
        from rushlight._core.expose import FUNCTIONAL

        name, input, target = self.last
        GUARDS.on = False
        try:
            again = FUNCTIONAL[name](input, target).item()
        finally:
            GUARDS.on = True
        return abs(again - means[-1]) <= 1e-4 * abs(again)

    def _compare(self, frame, name, means, line):
        sizes = self.sizes
        plain = sum(means) / len(means)
        right = sum(m * n for m, n in zip(means, sizes, strict=True)) / sum(sizes)
        if abs(plain - right) <= _OFF * abs(right):
            return
        found(
            NAME,
            saw=f"{name} holds the means of {len(means)} batches and is divided by "
            f"their number, but the last batch has {sizes[-1]} rows, not {sizes[0]}: "
            f"that gives {plain:.4g}; the mean over {sum(sizes)} rows is {right:.4g}",
            why="Each row of the small batch counts "
            f"{sizes[0] / sizes[-1]:.3g} times as much as the others",
            do="add value.item() * len(y) in the loop, and divide by the number of "
            "rows, len(loader.dataset)",
            note=abs(plain - right) <= _FAR_OFF * abs(right),
            place=Place((frame.f_code.co_filename, line)),
        )


def _caller():
    """The frame that asks for a batch, if it is the user's."""
    frame = sys._getframe(1)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    return frame


def _rows(batch):
    """The first size of a batch, if all of its tensors have it."""
    parts = batch.values() if isinstance(batch, dict) else batch
    parts = parts if isinstance(parts, list | tuple) else [batch]
    sizes = {p.shape[0] for p in parts if getattr(p, "shape", ())}
    return sizes.pop() if len(sizes) == 1 else None


def _terms(values, last):
    """The terms of a sum or list, from the values (lengths) it had; None for others."""
    if isinstance(last, list):
        is_own = len(last) == len(values) - 1 and not values[0]
        return last if is_own and all(type(each) is float for each in last) else None
    terms = [b - a for a, b in zip(values, values[1:], strict=False)]
    if not terms or any(type(value) is not float for value in values[1:]):
        return None
    return terms
