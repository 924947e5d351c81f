"""Guards turned on for a block, with what they find."""

import warnings
from contextlib import contextmanager

import rushlight
from rushlight.guard._report import BOOK
from rushlight.guard._watcher import switch
from rushlight.guard.checks import (
    growing_graph,
    no_optimizer,
    stale_grad,
    step_order,
    train_mode_eval,
)


def forget():
    """Start as a fresh process does."""
    BOOK.findings.clear()
    step_order.COUNT[0] = growing_graph._count[0] = 0
    step_order.SCALED[0] = False
    growing_graph._roots.clear()
    no_optimizer._reached.clear()
    stale_grad.STALE.clear()
    train_mode_eval._clear()


@contextmanager
def guarded(level="warn"):
    """Turn guards on; gives the list of findings, filled when the block ends."""
    forget()
    findings, old = [], (BOOK.default, dict(BOOK.levels))
    rushlight.guard(level)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rushlight.guard.GuardWarning)
            yield findings
    finally:
        findings.extend(BOOK.findings.values())
        forget()
        BOOK.default, BOOK.levels = old
        switch()
