"""data-write: a value that backward needs was changed through `.data`.

# Note [Seen through .data]
# What is written to x.data moves no version counter, so backward computes gradients
# from the new values of a forward pass that used the old ones, silently.  At `.data`
# (and at ``x.data = ...``) a few elements and the count of nodes are noted; when
# backward begins and those elements are others, the write came after every node of a
# smaller number: one of these that saved the tensor will use what it never computed
# with.  Where the version counter moved too, backward refuses by itself.
"""

import weakref

import numpy as np

from rushlight._core.node import Output, SavedOutput, next_number
from rushlight._core.tensor import Tensor
from rushlight.guard._history import COUNT
from rushlight.guard._names import name_of
from rushlight.guard._places import user_place
from rushlight.guard._report import found, is_listening
from rushlight.nn.parameter import Parameter

NAME = "data-write"
SUMMARY = "a value that backward needs was changed through .data"

#: id of a tensor: (weak tensor, its last two different notes), since a backward began.
NOTES = {}
_calls = [0]  # the first are all noted, then those of one step in sixteen
_ALWAYS = 256


def forget():
    """Start as a fresh process does."""
    NOTES.clear()
    _calls[0] = 0


class _Note:
    """What a tensor held when its `.data` was asked for.

    Attributes:
        number: no older node has a larger one.
        sample: some of its elements.
        version: of its memory.
        place: the line.
    """

    __slots__ = ("number", "sample", "version", "place")

    def __init__(self, tensor):
        self.number, self.sample = next_number(), _sample(tensor._array)
        self.version, self.place = tensor._version, user_place()


def _sample(array):
    if array.__class__ is not np.ndarray:
        return None
    some = array.flat[:: array.size // 16 + 1]
    return some.astype(np.complex128 if some.dtype.kind == "c" else np.float64)


def asked(tensor):
    """``tensor.data`` is read, or about to be set; it is part of a graph."""
    _calls[0] += 1
    if _calls[0] > _ALWAYS and (COUNT[0] & 15 or not COUNT[0]):
        return
    if len(NOTES) > _ALWAYS:  # of tensors that are gone, as no backward ran
        NOTES.clear()
    base = tensor if tensor._base is None else tensor._base
    note = _Note(base)
    known = NOTES.get(id(base))
    if known is None or known[0]() is not base:
        NOTES[id(base)] = weakref.ref(base), [note]
        return
    notes = known[1]
    if not _differ(notes[-1].sample, note.sample):
        notes[-1] = note
    else:
        notes[:] = [notes[-1], note]


def _differ(old, new):
    if old is None or new is None:
        return False
    if old.shape != new.shape:
        return True
    change = np.abs(new - old)
    return bool(change.size) and bool(change.max() > 1e-3 * np.abs(old).max())


def starting(tensor):
    """backward() begins, and `.data` was asked for since the last."""
    changed = []
    for ref, notes in NOTES.values():
        base = ref()
        if base is None:
            continue
        now = _sample(base._array)
        for note in reversed(notes):
            if note.version == base._version and _differ(note.sample, now):
                changed.append((base, note))
                break
    NOTES.clear()
    if changed and is_listening(NAME):
        _look(tensor._edge, changed)


def _look(edge, changed):
    """Say which of the changed tensors an older node saved."""
    seen, stack = set(), [edge]
    while stack and changed and len(seen) < 20_000:
        node = stack.pop()
        node = node.node if node.__class__ is Output else node
        if node is None or node in seen:
            continue
        seen.add(node)
        stack.extend(node.edges)
        for value in _flat(node.saved):
            for base, note in changed:
                if node.number < note.number and _is_of(value, base, note):
                    _say(node, base, note)
                    changed = [pair for pair in changed if pair[0] is not base]
                    break


def _flat(saved):
    for value in saved or ():
        if value.__class__ in (list, tuple):
            yield from _flat(value)
        else:
            yield value


def _is_of(value, base, note):
    """Whether a saved value has elements that were changed since a note."""
    if isinstance(value, Tensor):
        return value is base or (
            value._base is base and _holds(value._array, base._array, note.sample)
        )
    if isinstance(value, SavedOutput):
        return value.memory is base._memory
    return False


def _holds(view, base, old):
    """Whether a view has one of its base's elements that differ from a sample."""
    if view.size > 1 << 20:
        return True
    changed = np.flatnonzero(_sample(base) != old) * (base.size // 16 + 1)
    indices = np.unravel_index(changed, base.shape)
    mine = _addresses(view, np.indices(view.shape, sparse=True))
    return bool(np.isin(_addresses(base, indices), mine).any())


def _addresses(array, indices):
    """Where the elements of these indices lie."""
    start = array.__array_interface__["data"][0]
    return sum((i * s for i, s in zip(indices, array.strides, strict=True)), start)


def _say(node, base, note):
    is_parameter = isinstance(base, Parameter)
    what = name_of(base) if is_parameter else f"a tensor {list(base.shape)}"
    found(
        NAME,
        saw=f"{what} was changed through .data after {node.name()} saved it "
        "for backward",
        why="Writes through .data move no version counter: the gradients are computed "
        "from values that the forward pass never saw, and no error is raised",
        do="write to it after backward() (and under torch.no_grad(), without .data), "
        "or compute with a .clone()",
        place=note.place,
    )
