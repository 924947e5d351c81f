"""The engine's switches, each asked once on the path of an operation."""

import threading
from contextvars import ContextVar


class State:
    """Process-wide flags that let the common path skip everything unusual.

    Attributes:
        special: some thread has an interceptor; asked first by every operation.
        watching: some thread wants to see nodes as they are recorded (saved-tensor
            hooks, anomaly mode, inference mode); asked by `record`.
    """

    __slots__ = ("special", "watching", "_lock")

    def __init__(self):
        self.special = 0
        self.watching = 0
        self._lock = threading.Lock()

    def count(self, flag, change):
        """Add to one of the counters; contexts call it as they open and close."""
        with self._lock:
            setattr(self, flag, getattr(self, flag) + change)


STATE = State()

#: Whether operations are recorded for backward; each thread starts with True.
GRAD_MODE = ContextVar("grad_mode", default=True)
#: Whether inference mode is on; each thread starts with False.
INFERENCE_MODE = ContextVar("inference_mode", default=False)
