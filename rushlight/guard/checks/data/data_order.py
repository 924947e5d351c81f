"""data-order: classes one after the other, or one class only, without shuffling.

# Note [A whole epoch]
# Labels are the last part of a batch, one whole number for each row.  Only a loader
# that reads in the dataset's order is looked at, only its first pass, and only until a
# class comes back after another: that is in the first batch of all but grouped data.
# Pictures that are only copied (an autoencoder's) may come in any order, and so may
# what is gathered before one step.  So each step's loss must have been given just these
# labels, and no others; it is said when the pass is over and steps were taken in it.
"""

import weakref

import numpy as np

from rushlight._core.state import GRAD_MODE
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "data-order"
SUMMARY = "classes one after the other, or one class only, without shuffling"

_LOSSES = frozenset(
    "cross_entropy nll_loss binary_cross_entropy "
    "binary_cross_entropy_with_logits".split()
)
#: Weak references to the passes whose labels came class by class so far.
ORDERED = []


def forget():
    """Start as a fresh process does."""
    ORDERED.clear()


def watched(loader, iterator):
    """What looks at the first pass of a loader; None if its order is not fixed."""
    from rushlight.utils.data import SequentialSampler

    if type(loader.sampler) is not SequentialSampler:
        return None
    if getattr(loader.batch_sampler, "sampler", None) is not loader.sampler:
        return None
    return _Pass(loader)


def loss(name, input, target):
    """A loss function is called while labels come class by class."""
    if name in _LOSSES and GRAD_MODE.get() and input._edge is not None:
        for ref in ORDERED:
            living = ref()
            if living is not None:
                living.used_by(target._array)


def stepping():
    """step() is about to run while labels come class by class."""
    for ref in ORDERED:
        living = ref()
        if living is not None:
            living.steps += 1


class _Pass:
    """One pass: which classes came, whether a loss got them, and how many steps."""

    def __init__(self, loader):
        self.dataset, self.place = loader.dataset, user_place()
        self.labels, self.last, self.others = None, None, False
        self.order, self.rows, self.batches, self.constant = [], 0, 0, 0
        self.steps = self.used = 0
        self.ref = weakref.ref(self, _drop)
        ORDERED.append(self.ref)

    def interested(self, batch):
        """Whether the labels still come class by class."""
        labels = _labels(batch)
        if labels is None or not self._goes_on(labels):
            _drop(self.ref)
            return False
        self.labels = labels
        self.batches, self.rows = self.batches + 1, self.rows + labels.size
        self.constant += bool(labels[0] == labels[-1])
        return True

    def _goes_on(self, labels):
        starts = np.flatnonzero(labels[1:] != labels[:-1]) + 1
        runs = [labels[0].item(), *labels[starts].tolist()]
        if runs[0] == self.last:
            del runs[0]
        if len(set(runs)) < len(runs) or not set(runs).isdisjoint(self.order):
            return False
        self.order += runs
        self.last = labels[-1].item()
        return self.last == self.last

    def used_by(self, target):
        """A loss is computed with a gradient: of the batch's labels, or of others?"""
        labels = self.labels
        if labels is None or target.size != labels.size:
            self.others = True
        elif np.array_equal(np.asarray(target).reshape(-1), labels):
            self.used += 1
        else:
            self.others = True

    def over(self):
        """The pass is over: did a model learn from these labels, in this order?"""
        _drop(self.ref)
        each = min(self.used, self.steps, self.batches)
        if self.others or each < 4 or 2 * each < self.batches or self.rows < 16:
            return
        if len(self.order) == 1:
            self._say_constant()
        elif 2 * self.constant >= self.batches:
            self._say_grouped()

    def _say_constant(self):
        found(
            NAME,
            saw=f"all {self.rows} labels of an epoch are {self.order[0]:g}"
            f"{self._elsewhere()}",
            why="The model learns to answer that class whatever its input is",
            do="draw the training data at random from the whole of it: shuffle before "
            "a split (torch.utils.data.random_split), and look at "
            "torch.unique(labels)",
            place=self.place,
        )

    def _elsewhere(self):
        """The other classes that a Subset leaves out, where it tells."""
        dataset = self.dataset
        inner = getattr(dataset, "dataset", None)
        tensors = getattr(inner, "tensors", None)
        labels = tensors[-1] if tensors else getattr(inner, "targets", None)
        try:
            classes = np.unique(np.asarray(getattr(labels, "_array", labels)))
        except TypeError:
            return ""
        if labels is None or classes.size < 2 or classes.dtype.kind not in "biuf":
            return ""
        return (
            f", though the dataset that the {type(dataset).__name__} was cut from has "
            f"{classes.size} classes"
        )

    def _say_grouped(self):
        order = self.order
        shown = ", ".join(f"{label:g}" for label in order[:4])
        shown += f", ... {order[-1]:g}" if len(order) > 4 else ""
        found(
            NAME,
            saw=f"{self.rows} labels came class by class ({shown}): {self.constant} of "
            f"{self.batches} batches hold one class",
            why="Each step pulls the model to one class, and it forgets the others",
            do="DataLoader(..., shuffle=True)",
            place=self.place,
        )


def _drop(ref):
    if ref in ORDERED:
        ORDERED.remove(ref)


def _labels(batch):
    """The labels of a batch as an array of one dimension, or None."""
    if isinstance(batch, dict):
        batch = [batch[key] for key in ("label", "labels", "target") if key in batch]
    labels = batch[-1] if isinstance(batch, list | tuple) and batch else None
    array = getattr(labels, "_array", None)
    if array.__class__ is not np.ndarray or not array.size:
        return None
    if array.ndim != 1 and array.shape != (array.size, 1):
        return None
    if array.dtype.kind == "f" and (array != np.trunc(array)).any():
        return None
    return array.reshape(-1) if array.dtype.kind in "biuf" else None
