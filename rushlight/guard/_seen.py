"""What a run showed the guards: `rushlight doctor` tells it beside what they found.

"Nothing found" is worth little where nothing was looked at: a check of optimizers in a
script without one.
"""

from collections import Counter
from contextlib import contextmanager

from rushlight._core.guarding import GUARDS

#: Guarded place: (one, several) of what passes there.
PLACES = {
    "loading": ("pass over a loader", "passes over loaders"),
    "loss": ("loss", "losses"),
    "starting": ("backward pass", "backward passes"),
    "stepping": ("optimizer step", "optimizer steps"),
    "loading_state": ("loaded state_dict", "loaded state_dicts"),
}

#: Check: the guarded place without which it has nothing to look at.
NEEDS = {
    "broken-tie": "loading_state",
    "data-order": "loading",
    "data-write": "starting",
    "dead-relu": "starting",
    "double-softmax": "loss",
    "equal-units": "stepping",
    "eval-dropout": "dropping",
    "flat-loss": "starting",
    "growing-graph": "starting",
    "half-underflow": "halving",
    "label-range": "loss",
    "learning-rate": "stepping",
    "live-state": "loading_state",
    "lost-loss": "starting",
    "lost-train": "training",
    "never-trained": "stepping",
    "no-optimizer": "stepping",
    "nonfinite-loss": "starting",
    "nonfinite-op": "starting",
    "partial-load": "loading_state",
    "plain-list": "stepping",
    "stale-grad": "stepping",
    "step-order": "stepping",
    "train-mode-eval": "training",
    "vanished-gradient": "stepping",
    "worker-random": "working",
    "worker-stream": "working",
}


class Counting:
    """A watcher that counts what it hands on."""

    def __init__(self, watcher, counts):
        self._watcher, self._counts = watcher, counts

    def __getattr__(self, name):
        method, counts = getattr(self._watcher, name), self._counts

        def counted(*args):
            counts[name] += 1
            return method(*args)

        setattr(self, name, counted)
        return counted


@contextmanager
def counting():
    """Count what passes each guarded place for the length of a block.

    Returns:
        Counter: filled as it goes.

    >>> with counting() as counts:
    ...     pass
    >>> counts
    Counter()
    """
    counts, watcher = Counter(), GUARDS.see
    GUARDS.see = Counting(watcher, counts)
    try:
        yield counts
    finally:
        GUARDS.see = watcher


def told(counts):
    """The counts in words.

    >>> told({"stepping": 2, "starting": 1})
    '1 backward pass, 2 optimizer steps'
    """
    parts = [
        f"{counts[place]} {words[counts[place] != 1]}"
        for place, words in PLACES.items()
        if counts.get(place)
    ]
    return ", ".join(parts)


def idle(names, counts):
    """Those of some checks that had nothing to look at.

    >>> idle(["misspelt", "stale-grad", "data-order"], {"stepping": 2})
    ['data-order']
    """
    return [n for n in names if n in NEEDS and not counts.get(NEEDS[n])]
