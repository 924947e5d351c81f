"""The team: threads that stay in machine code and run programs together.

# Note [Native team]
# A worker is a Python thread that calls the executor's `worker` and stays in it,
# without the interpreter's lock, until the team is closed.  The team is made on first
# use, made anew when the number of threads changes, and closed before a fork (a child
# makes its own, and no thread is lost in the middle of something) and at exit.  A run
# never needs the workers (Note [Claims] in codegen/llvm/executor.py), so a program that
# still runs on a closed team just ends on its caller's thread.
"""

import atexit
import ctypes
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np

from rushlight._base import threads
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.codegen.llvm.executor import (
    TEAM,
    emit_executor,
    futex_number,
)
from rushlight._compiler.runtime.once import once

#: Seconds that an idle thread spins, and times that it lets others run, before it
#: sleeps.
SPIN = 100e-6
YIELDS = 20

_lock = threading.RLock()
_current = None
_leaving = False


def aligned(size, boundary=64):
    """Zeroed bytes: the array that keeps them, and the address of the first.

    Args:
        size: in bytes.
        boundary: a power of two that divides the address.
    """
    memory = np.zeros(size + boundary, np.uint8)
    return memory, -(-memory.ctypes.data // boundary) * boundary


class Words:
    """Named int64 words at an address that does not move.

    Attributes:
        address: of the first.
    """

    def __init__(self, names, count):
        self._names = names
        self._memory, self.address = aligned(8 * count)
        self._words = (ctypes.c_int64 * count).from_address(self.address)

    def __getitem__(self, name):
        return self._words[self._names[name]]

    def __setitem__(self, name, value):
        self._words[self._names[name]] = value


@once
def executor():
    """The executor's machine code.

    Raises:
        ImportError: where llvmlite is not installed.
    """
    return machine.Code(emit_executor)


@once
def _function(name, count):
    return executor().function(name, *[ctypes.c_void_p] * count)


@once
def _system():
    """Addresses of what lets other threads run and what sleeps, and their libraries."""
    if sys.platform == "win32":
        library = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
        yielding, sleeping = library.SwitchToThread, library.Sleep
    else:
        library = ctypes.CDLL(None)
        yielding = library.sched_yield
        sleeping = library.usleep if futex_number() is None else library.syscall
    addresses = [ctypes.cast(f, ctypes.c_void_p).value for f in (yielding, sleeping)]
    return *addresses, library


@once
def _spins():
    """How often one pauses in `SPIN` seconds."""
    spin, count, best = _function("spin", 1), 1000, float("inf")
    for _ in range(3):
        start = time.perf_counter()
        spin(count)
        best = min(best, time.perf_counter() - start)
    return max(1, int(SPIN * count / max(best, 1e-7)))


class Team:
    """The caller and `size - 1` workers.

    Attributes:
        size: how many threads there are, the caller's among them.
        address: of its words.
    """

    def __init__(self, size):
        self.size = size
        self._words = words = Words(TEAM, TEAM["TEAM_WORDS"])
        self.address = words.address
        words["SIZE"] = size
        crowded = size > cores()
        words["SPINS"], words["YIELDS"] = 0 if crowded else _spins(), YIELDS
        words["YIELD"], words["SLEEP"], _ = _system()
        self._work = _function("worker", 2)
        self._threads = [
            threading.Thread(
                target=self._live, args=(i,), name="rushlight-worker", daemon=True
            )
            for i in range(1, size)
        ]
        for thread in self._threads:
            thread.start()

    def _live(self, number):
        self._work(self.address, number)

    @property
    def sleepers(self):
        """How many workers sleep."""
        return self._words["SLEEPERS"]

    def close(self, wait=True):
        """Let the workers go, once they have done what they have claimed."""
        _function("stop", 1)(self.address)
        if wait:
            for thread in self._threads:
                thread.join()


def cores():
    """How many cores this process may use, at least in the long run."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        allowed = -(-int(quota) // int(period))
    except (OSError, ValueError):  # there is no limit, or no such system
        return threads.available()
    return max(1, min(threads.available(), allowed))


def current():
    """The team that programs run on, made if there is none.

    It has as many threads as `get_num_threads` says, but not more than there are cores
    for this process: more would only be in each other's way.

    Raises:
        ImportError: where llvmlite is not installed.
    """
    global _current
    if _current is None:
        with _lock:
            if _current is None:
                size = min(threads.get_num_threads(), cores())
                _current = Team(1 if _leaving else size)
    return _current


def close(wait=True):
    """Close the team; the next run makes another."""
    global _current
    with _lock:
        team, _current = _current, None
    if team is not None:
        team.close(wait)


def _leave():
    """Close the team for good: machine code is about to go."""
    global _leaving
    _leaving = True
    close()


def _forget():
    global _lock, _current
    _lock, _current = threading.RLock(), None


threads.when_changed(lambda: close(wait=False))
atexit.register(_leave)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=close, after_in_child=_forget)
