"""The parent's side of a DataLoader with workers.

# Note [Pipes]
# Each worker has two pipes of its own, one for requests and one for answers, and the
# parent waits on all answers and on the workers' ends at once.  Nothing is shared
# between workers, so one that is killed can neither hold a lock nor go unnoticed; and
# when the parent ends, however it ends, its pipes close and the workers stop.
"""

import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import time
import weakref

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.utils.data.transport import discard, remove_leftovers, unpack
from rushlight.utils.data.worker import END, FAILED, NOTE, RESUMED, work
from rushlight.utils.data.worker_info import WorkerInfo


class _Worker:
    """A worker process and the parent's ends of its pipes."""

    def __init__(self, number, loader, base_seed, context, others):
        self.number, self.ended = number, False
        theirs, self.requests = context.Pipe(duplex=False)
        self.answers, answering = context.Pipe(duplex=False)
        info = WorkerInfo(
            number, loader.num_workers, base_seed + number, loader.dataset
        )
        inherited = context.get_start_method() == "fork"
        close = [*others, self.requests, self.answers] if inherited else []
        self.process = context.Process(
            target=work,
            args=(
                info,
                base_seed,
                loader.loading,
                loader.worker_init_fn,
                theirs,
                answering,
                close,
            ),
            daemon=True,
        )
        self.process.start()
        theirs.close()
        answering.close()

    def describe_end(self):
        """How the process ended, in words."""
        self.process.join(1)
        code = self.process.exitcode
        if code is not None and code < 0:
            return f"is killed by signal: {signal.Signals(-code).name}"
        return f"exited unexpectedly with code {code}"


class WorkerIterator:
    """One pass (or, with persistent workers, several) over a loader's batches."""

    def __init__(self, loader, base_seed):
        context = loader.multiprocessing_context or multiprocessing
        if isinstance(context, str):
            context = multiprocessing.get_context(context)
        self.loader = loader
        self.workers, self.notes = [], []  # notes: what guards in the workers told
        self._stop = weakref.finalize(self, _stop, self.workers, os.getpid())
        for number in range(loader.num_workers):
            others = [c for w in self.workers for c in (w.requests, w.answers)]
            self.workers.append(_Worker(number, loader, base_seed, context, others))
        self._begin()

    def _begin(self):
        self.requests = iter(self.loader.index_sampler)
        self.sent = itertools.count()
        self.next = 0  # the number of the batch to give next
        self.asked = {}  # number of a batch -> its worker
        self.arrived = {}  # number -> (what, packed)
        self.turn = itertools.cycle(self.workers)
        for worker in self.workers:
            worker.ended = False
        for _ in range(self.loader.prefetch_factor * len(self.workers)):
            self._ask()

    def restart(self):
        """Begin a new pass with the same workers."""
        self._drop_outstanding()
        for worker in self.workers:
            self._send(worker, (-1, None))
        waiting = len(self.workers)
        while waiting:
            what, *_ = self._receive()
            waiting -= what == RESUMED
        self._begin()

    def _drop_outstanding(self):
        while self.asked.keys() - self.arrived.keys():
            what, number, packed = self._receive()
            self.arrived[number] = what, packed
        for _, packed in self.arrived.values():
            if packed is not None:
                discard(packed)
        self.arrived.clear()
        self.asked.clear()

    def __iter__(self):
        return self

    def __len__(self):
        return len(self.loader)

    def __next__(self):
        while True:
            number = self._ready()
            if number is None:
                if not self.loader.persistent_workers:
                    self._stop()
                raise StopIteration
            worker = self.asked.pop(number)
            what, packed = self.arrived.pop(number)
            self.next = max(self.next, number + 1)
            if what == END:
                worker.ended = True
                continue
            self._ask()
            value = unpack(packed)
            if what == FAILED:
                if not self.loader.persistent_workers:
                    self._stop()
                value.reraise()
            return value

    def _ready(self):
        """The number of the next batch to give, waited for; None at the end."""
        while self.asked:
            if self.loader.in_order:
                number = min(self.asked)
                if number in self.arrived:
                    return number
            elif self.arrived:
                return next(iter(self.arrived))
            what, number, packed = self._receive()
            self.arrived[number] = what, packed
        return None

    def _ask(self):
        """Send the sampler's next item to the next worker that has not ended."""
        worker = next(
            (w for w in itertools.islice(self.turn, len(self.workers)) if not w.ended),
            None,
        )
        if worker is None:
            return
        try:
            wanted = next(self.requests)
        except StopIteration:
            return
        number = next(self.sent)
        self.asked[number] = worker
        self._send(worker, (number, wanted))

    def _send(self, worker, message):
        try:
            worker.requests.send(message)
        except (BrokenPipeError, ConnectionResetError):
            self._fail(worker)

    def _receive(self):
        """The next answer of any worker; an error if one has died or time is up."""
        timeout = self.loader.timeout or None
        deadline = None if timeout is None else time.monotonic() + timeout
        pipes = {w.answers: w for w in self.workers}
        ends = {w.process.sentinel: w for w in self.workers}
        while True:
            left = None if deadline is None else max(0, deadline - time.monotonic())
            ready = multiprocessing.connection.wait([*pipes, *ends], left)
            for pipe in ready:
                if pipe in pipes:
                    try:
                        return self._kept(pipe.recv())
                    except (EOFError, ConnectionResetError):
                        self._fail(pipes[pipe])
            for end in ready:
                self._fail(ends[end])
            if not ready:
                self._stop()
                raise ArgumentRuntimeError(
                    explain(
                        "DataLoader",
                        expected=f"a batch within {self.loader.timeout} seconds",
                        got=f"DataLoader timed out after {self.loader.timeout} seconds",
                        do="Raise timeout=, or look for what blocks in the dataset.",
                    )
                )

    def _kept(self, answer):
        """An answer that is no note; notes are kept for the guards."""
        if answer[0] != NOTE:
            return answer
        self.notes.append(answer[1:])
        return self._receive()

    def _fail(self, worker):
        end, pid = worker.describe_end(), worker.process.pid
        self._stop()
        raise ArgumentRuntimeError(
            explain(
                "DataLoader",
                expected="its workers to run until the last batch",
                got=f"DataLoader worker (pid(s) {pid}) {end}",
                do="Often memory ran out; try fewer workers, or num_workers=0 to see "
                "the dataset's own error.",
            )
        ) from None

    def shutdown(self):
        """Stop the workers."""
        self._stop()


def _stop(workers, owner):
    """Close the pipes, so that the workers end, and wait for them a little."""
    if os.getpid() != owner:  # a forked copy of the iterator: not its workers
        return
    for worker in workers:
        worker.requests.close()
        worker.answers.close()
    deadline = time.monotonic() + 2
    for worker in workers:
        worker.process.join(max(0, deadline - time.monotonic()))
        if worker.process.is_alive():
            worker.process.terminate()
            worker.process.join(1)
    workers.clear()
    remove_leftovers(owner)
