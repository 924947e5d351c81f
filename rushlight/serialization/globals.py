"""Classes that scripts declare to be safe to load; none is, here: see `load`."""

import contextlib

_safe: list = []


def add_safe_globals(safe_globals):
    """Note classes as safe to load; `load` refuses all but tensors all the same.

    Args:
        safe_globals: classes or functions, or pairs (one of them, its name).
    """
    _safe.extend(item for item in safe_globals if item not in _safe)


def get_safe_globals():
    """What was noted, in order."""
    return list(_safe)


def clear_safe_globals():
    """Forget what was noted."""
    _safe.clear()


@contextlib.contextmanager
def safe_globals(safe_globals):
    """Note classes for the length of a block; see `add_safe_globals`."""
    before = list(_safe)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _safe[:] = before
