"""data-order: classes one after the other, or one class only, without shuffling.

# Note [A whole epoch]
# Labels are parts of a batch with one whole number for each row.  Only a loader that
# reads in the dataset's order is looked at, only its first passes, and only until a
# class comes back after another: that is in the first batch of all but grouped data.
# Slices of one tensor (``y[i : i + 64]``) that follow each other are batches as well.
# Pictures that are only copied (an autoencoder's) may come in any order, and so may
# what is gathered before one step.  So each step's loss must have been given just these
# labels, and no others; it is said when the pass is over and steps were taken in it.
"""

import itertools
import weakref

import numpy as np

from rushlight._core.state import GRAD_MODE
from rushlight._core.tensor import wrap
from rushlight.guard._places import user_place
from rushlight.guard._report import found

NAME = "data-order"
SUMMARY = "classes one after the other, or one class only, without shuffling"

_LOSSES = frozenset(
    "cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits "
    "multi_margin_loss".split()
)
#: Weak references to the passes whose labels came class by class so far.
ORDERED = []
_slices = {}  # id of an array: the _Slices of it
_made = itertools.count()  # of which only so many are looked at


def forget():
    """Start as a fresh process does."""
    global _made
    ORDERED.clear()
    _slices.clear()
    _made = itertools.count()


def watched(loader, iterator):
    """What looks at the first pass of a loader; None if its order is not fixed."""
    from rushlight.utils.data import BatchSampler, SequentialSampler

    batches = loader.batch_sampler
    if type(batches) is BatchSampler and type(batches.sampler) is SequentialSampler:
        return _Pass(loader.dataset)
    return None


def loss(name, input, target):
    """A loss is computed, of a slice or while labels come class by class."""
    if name in _LOSSES and GRAD_MODE.get() and input._edge is not None:
        slices = _slices_of(target._array)
        for ref in ORDERED:
            living = ref()
            if living is not None and living is not slices:
                for labels in living.labels or ():
                    labels.used_by(target._array)


def stepping():
    """step() is about to run while labels come class by class."""
    for ref in ORDERED:
        living = ref()
        if living is not None:
            living.steps += 1
            if living.is_done():
                living.over()


class _Pass:
    """One pass: what of its batches may be labels, and how many steps were taken."""

    fix = "DataLoader(..., shuffle=True)"

    def __init__(self, dataset, labels=None):
        self.dataset, self.place, self.steps = dataset, user_place(), 0
        self.labels = labels
        self.ref = weakref.ref(self, _drop)
        ORDERED.append(self.ref)

    def is_done(self):
        """Whether the last labels were used; a loader tells that by itself."""
        return False

    def interested(self, batch):
        """Whether any labels still come class by class."""
        parts = dict(_parts(batch))
        if self.labels is None:
            self.labels = [_Labels(key) for key in parts]
        self.labels = [each for each in self.labels if each.go_on(parts)]
        if not self.labels:
            _drop(self.ref)
        return bool(self.labels)

    def over(self):
        """The pass is over: did a model learn from labels in this order?"""
        _drop(self.ref)
        for labels in self.labels or ():
            each = min(labels.used, self.steps, labels.batches)
            enough = each >= 4 and 2 * each >= labels.batches and labels.rows >= 16
            if enough and not labels.others:
                if len(labels.order) == 1:
                    _say_constant(self, labels)
                elif 2 * labels.constant >= labels.batches:
                    _say_grouped(self, labels)


class _Slices(_Pass):
    """One pass over a tensor of labels by slices of it, in its order."""

    fix = "draw an order first: order = torch.randperm(len(y)), y[order[i : i + size]]"

    def __init__(self, base):
        super().__init__(None, [_Labels(0)])
        self.base, self.end = weakref.ref(base), 0

    def go_on(self, array):
        """Whether a slice follows the last one, and its classes do."""
        labels = self.labels[0]
        flat = dict(_parts([wrap(array)])).get(0)
        start = flat is not None and array.ctypes.data - self.base().ctypes.data
        if flat is None or start != self.end * array.itemsize:
            return False
        self.end += array.size
        labels.used += 1
        return labels.go_on({0: flat})

    def is_done(self):
        base = self.base()
        return base is not None and self.end == base.size


def _slices_of(array):
    """The slices that an array goes on with, or begins; None where it is none."""
    base = array.base
    if base.__class__ is not np.ndarray or base.dtype is not array.dtype:
        return None
    if base.size <= array.size or not base.flags.c_contiguous:
        return None
    slices = _slices.get(id(base))
    if slices is None or slices.base() is not base:
        if next(_made) >= 64 or not array.flags.c_contiguous:
            return None
        slices = _slices[id(base)] = _Slices(base)
    if slices.labels and not slices.go_on(array):
        slices.labels = []
        _drop(slices.ref)
    return slices


class _Labels:
    """One part of the batches: which classes came, and whether a loss got them."""

    def __init__(self, key):
        self.key, self.array, self.last, self.others = key, None, None, False
        self.order, self.rows, self.batches = {}, 0, 0  # a dict for its order
        self.constant = self.used = 0

    def go_on(self, parts):
        """Whether the next batch goes on class by class."""
        labels = parts.get(self.key)
        if labels is None or not self._is_next(labels):
            return False
        self.array = labels
        self.batches, self.rows = self.batches + 1, self.rows + labels.size
        self.constant += bool(labels[0] == labels[-1])
        return self.batches < 8 or 2 * self.constant >= self.batches

    def _is_next(self, labels):
        starts = np.flatnonzero(labels[1:] != labels[:-1]) + 1
        runs = [labels[0].item(), *labels[starts].tolist()]
        if runs[0] == self.last:
            del runs[0]
        if len(set(runs)) < len(runs) or any(label in self.order for label in runs):
            return False
        self.order.update(dict.fromkeys(runs))
        self.last = labels[-1].item()
        return True

    def used_by(self, target):
        """A loss is computed with a gradient: of these labels, or of others?"""
        labels = self.array
        if target.size == labels.size:
            if np.array_equal(np.asarray(target).reshape(-1), labels):
                self.used += 1
                return
        self.others = True


def _say_constant(seen, labels):
    found(
        NAME,
        saw=f"all {labels.rows} labels of an epoch are {labels.last:g}"
        f"{_elsewhere(seen.dataset)}",
        why="The model learns to answer that class whatever its input is",
        do="draw the training data at random from the whole of it: shuffle before "
        "a split (torch.utils.data.random_split), and look at torch.unique(labels)",
        place=seen.place,
    )


def _elsewhere(dataset):
    """The other classes that a Subset leaves out, where it tells."""
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


def _say_grouped(seen, labels):
    order = list(labels.order)
    shown = ", ".join(f"{label:g}" for label in order[:4])
    shown += f", ... {order[-1]:g}" if len(order) > 4 else ""
    found(
        NAME,
        saw=f"{labels.rows} labels came class by class ({shown}): {labels.constant} of "
        f"{labels.batches} batches hold one class",
        why="Each step pulls the model to one class, and it forgets the others",
        do=seen.fix,
        place=seen.place,
    )


def _drop(ref):
    if ref in ORDERED:
        ORDERED.remove(ref)


def _parts(batch):
    """Pairs (place, array of one dimension) of what may be labels in a batch."""
    if isinstance(batch, dict):
        pairs = batch.items()
    else:
        pairs = enumerate(batch) if isinstance(batch, list | tuple) else ()
    for key, part in pairs:
        array = getattr(part, "_array", None)
        if array.__class__ is not np.ndarray or not array.size:
            continue
        if array.ndim != 1 and array.shape != (array.size, 1):
            continue
        if array.dtype.kind == "f" and (array != np.trunc(array)).any():
            continue
        if array.dtype.kind in "biuf":
            yield key, array.reshape(-1)
