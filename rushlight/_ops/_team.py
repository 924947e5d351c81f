"""Shared by the families: a few threads that run the pieces of one large operation.

# Note [Team]
# NumPy and BLAS release the interpreter's lock while they work, so pieces of a batch
# can be copied and multiplied by several Python threads.  Pieces are fixed by the
# caller and not by the number of threads, so results do not depend on it.  While the
# team works, BLAS itself uses one thread.  The threads are made on first use and sleep
# between jobs; after a fork the child makes its own.
"""

import itertools
import os
import threading

from rushlight._base import threads


class _Worker:
    """One sleeping thread."""

    def __init__(self):
        self.wake, self.job = threading.Lock(), None
        self.wake.acquire()
        threading.Thread(target=self._live, name="rushlight-team", daemon=True).start()

    def _live(self):
        while True:
            self.wake.acquire()
            job, self.job = self.job, None
            job.work()
            job.leave()
            del job


class _Job:
    """Pieces that threads take one after another until none is left."""

    def __init__(self, function, pieces, helpers):
        self.function, self.pieces = function, pieces
        self.take = itertools.count().__next__
        self.errors = []
        self.helpers, self.lock = helpers, threading.Lock()
        self.done = threading.Lock()
        self.done.acquire()

    def work(self):
        pieces, function = self.pieces, self.function
        try:
            while (i := self.take()) < len(pieces) and not self.errors:
                function(pieces[i])
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            self.errors.append(error)

    def leave(self):
        with self.lock:
            self.helpers -= 1
            last = not self.helpers
        if last:
            self.done.release()


class _Team:
    def __init__(self):
        self.busy = threading.Lock()
        self.workers = []

    def run(self, function, pieces, helpers):
        while len(self.workers) < helpers:
            self.workers.append(_Worker())
        job = _Job(function, pieces, helpers)
        before = _get_blas_threads()
        _set_blas_threads(1)
        try:
            for worker in self.workers[:helpers]:
                worker.job = job
                worker.wake.release()
            job.work()
            job.done.acquire()
        finally:
            _set_blas_threads(before)
        if job.errors:
            raise job.errors[0]


_team = _Team()


def _most_threads():
    """One where BLAS cannot be told to use one thread: it then uses all by itself."""
    has_control = threads.blas_function("set_num_threads") is not None
    return threads.get_num_threads() if has_control else 1


def _get_blas_threads():
    return threads.blas_function("get_num_threads")()


def _set_blas_threads(n):
    threads.blas_function("set_num_threads")(n)


def share(function, pieces):
    """Call ``function(piece)`` for every piece, in several threads at once.

    Args:
        function: writes its results into arrays; pieces must not touch each other's.
        pieces: a list; at best a few times as many as there are threads.

    Raises:
        Whatever the first call that failed raised.
    """
    team = _team
    helpers = min(_most_threads(), len(pieces)) - 1
    if helpers < 1 or not team.busy.acquire(blocking=False):
        for piece in pieces:
            function(piece)
        return
    try:
        team.run(function, pieces, helpers)
    finally:
        team.busy.release()


def _after_fork():
    global _team
    _team = _Team()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
