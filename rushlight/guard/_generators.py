"""Random generators that a dataset can draw from: where they are, what they did.

# Note [By drawing]
# A state is (kind, what a seed decides, position).  Drawing leaves the second as it is
# for PCG64, Philox and ours.  A Mersenne Twister's key changes with every 624 numbers,
# to one that can be computed from the old; a new seed gives one that cannot.
"""

import functools
import itertools
import random
import types
from contextlib import suppress

import numpy as np

from rushlight._core.generator import Generator, default_generator
from rushlight._core.tensor import Tensor

_TWISTS = 20_000  # of 624 numbers each
_MOST = 500  # objects that are looked at
_PLAIN = (Tensor, np.ndarray, str, bytes, int, float, type(None))


def state_of(source):
    """The state of a generator as (kind, seeded, position); None if unknown."""
    with suppress(
        Exception
    ):  # a random.SystemRandom has none, a subclass what it likes
        return _state_of(source)
    return None


def _state_of(source):
    if source is random or isinstance(source, random.Random):
        _, values, _ = source.getstate()
        return "MT19937", np.array(values[:-1], np.uint32).tobytes(), values[-1]
    if isinstance(source, Generator):
        return "ours", source.initial_seed(), bytes(source.get_state()._array)
    if isinstance(source, np.random.Generator):
        state = source.bit_generator.state
    elif source is np.random or isinstance(source, np.random.RandomState):
        state = source.get_state(legacy=False)
    else:
        return None
    return _of_bits(state["bit_generator"], state["state"], state)


def _of_bits(kind, inner, state):
    if kind == "MT19937":
        return kind, inner["key"].tobytes(), int(inner["pos"])
    if kind in ("PCG64", "PCG64DXSM"):
        return kind, inner["inc"], (inner["state"], state["has_uint32"])
    if kind == "Philox":
        position = inner["counter"].tobytes(), int(state["buffer_pos"])
        return kind, inner["key"].tobytes(), position
    return None


def has_drawn(start, end):
    """Whether a generator came from one state to another by drawing numbers."""
    kind, seeded, position = start
    if kind != end[0] or start == end:
        return False
    if seeded == end[1]:
        return kind != "MT19937" or end[2] > position
    if kind != "MT19937":
        return False
    twister = np.random.MT19937()
    key = np.frombuffer(seeded, np.uint32)
    twister.state = {"bit_generator": kind, "state": {"key": key, "pos": 624}}
    for _ in range(_TWISTS):
        twister.random_raw(624, output=False)
        if twister.state["state"]["key"].tobytes() == end[1]:
            return True
    return False


def generators(dataset, collate_fn):
    """Pairs (name, generator) of all that fetching a batch could draw from."""
    yield "NumPy's global numbers", np.random
    yield "Python's random", random
    yield "torch's random numbers", default_generator
    seen, waiting = (
        set(),
        [(type(dataset).__name__, dataset), ("collate_fn", collate_fn)],
    )
    while waiting and len(seen) < _MOST:
        name, value = waiting.pop(0)
        if id(value) in seen or isinstance(value, _PLAIN):
            continue
        seen.add(id(value))
        if isinstance(value, _KINDS):
            yield name, value
            continue
        with suppress(Exception):  # objects of the user's answer as they like
            waiting += _inside(name, value)


_KINDS = (random.Random, np.random.Generator, np.random.RandomState, Generator)


def _inside(name, value):
    """Pairs (name, value) of what an object holds."""
    if isinstance(value, dict):
        pairs = itertools.islice(value.items(), 64)
        return [(f"{name}[{key!r}]", each) for key, each in pairs]
    if isinstance(value, list | tuple):
        return [(f"{name}[{place}]", each) for place, each in enumerate(value[:64])]
    if isinstance(value, functools.partial):
        return [(name, value.func), *_inside(name, [*value.args, value.keywords])]
    if isinstance(value, types.MethodType):
        return [(name, value.__self__), (name, value.__func__)]
    if isinstance(value, types.FunctionType):
        return _inside_function(value)
    if isinstance(value, types.ModuleType | type):
        return []
    held = [(f"{name}.{key}", each) for key, each in vars(value).items()]
    for kind in type(value).__mro__:
        if kind.__module__.split(".")[0] not in ("builtins", "rushlight", "torch"):
            methods = [f for f in vars(kind).values() if hasattr(f, "__code__")]
            held += [(name, method) for method in methods]
    return held


def _inside_function(function):
    """What a function's closure holds, and generators among its global names."""
    code, cells = function.__code__, function.__closure__ or ()
    held = list(zip(code.co_freevars, [c.cell_contents for c in cells], strict=True))
    names = list(code.co_names)
    for inner in code.co_consts:
        names += getattr(inner, "co_names", ())
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, _KINDS) or isinstance(value, types.FunctionType):
            held.append((name, value))
    return held


class Noting:
    """A fetcher that tells, after its first batch, which generators moved."""

    def __init__(self, fetcher, dataset, collate_fn, tell):
        self.fetcher, self.tell = fetcher, tell
        self.sources = list(generators(dataset, collate_fn))
        self.starts = [state_of(source) for _, source in self.sources]

    def __call__(self, wanted):
        batch = self.fetcher(wanted)
        if self.tell is not None:
            tell, self.tell = self.tell, None
            tell(self._moved())
        return batch

    def _moved(self):
        moved = {}
        for (name, source), start in zip(self.sources, self.starts, strict=True):
            end = state_of(source)
            if start is not None and end is not None and start != end:
                moved[name] = start, end
        return moved


def noting(fetcher, info, loading, answers):
    """A fetcher that sends a note from a worker; None where nothing is to be told."""
    from rushlight.utils.data import IterableDataset
    from rushlight.utils.data.worker import NOTE

    dataset, _, collate_fn, _ = loading
    if isinstance(dataset, IterableDataset):
        return None
    return Noting(
        fetcher, dataset, collate_fn, lambda moved: answers.send((NOTE, info.id, moved))
    )
