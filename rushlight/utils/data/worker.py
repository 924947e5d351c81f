"""The worker process of a DataLoader: fetch what the parent asks for, until it ends."""

import random
import signal
import sys
import traceback

import numpy as np

from rushlight._base.threads import set_num_threads
from rushlight._core.generator import default_generator
from rushlight._core.guarding import GUARDS
from rushlight.utils.data.fetch import make_fetcher
from rushlight.utils.data.transport import discard, pack
from rushlight.utils.data.worker_info import set_worker_info

# What the first item of a message says.
BATCH, END, FAILED, RESUMED, NOTE = range(5)


class WorkerFailure:
    """An exception of a worker on its way to the parent."""

    def __init__(self, where):
        kind, value, trace = sys.exc_info()
        self.kind = kind
        text = "".join(traceback.format_exception(kind, value, trace))
        self.message = f"Caught {kind.__name__} {where}.\nOriginal {text}"

    def reraise(self):
        """Raise it here, as the same type with the worker's traceback in its text."""
        if self.kind is KeyError:
            raise KeyError(_Verbatim(self.message))
        try:
            error = self.kind(self.message)
        except Exception:  # noqa: BLE001 - a type that takes other arguments
            raise RuntimeError(self.message) from None
        raise error


class _Verbatim(str):
    """A text that KeyError shows without quotes."""

    def __repr__(self):
        return str(self)


def _seed(info, base_seed):
    """Give this worker random numbers of its own: Python's, NumPy's and ours."""
    random.seed(info.seed)
    default_generator.manual_seed(info.seed)
    entropy = [info.id, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    np.random.seed(np.random.SeedSequence(entropy).generate_state(4))


def work(info, base_seed, loading, init_fn, asked, answers, others):
    """Run a worker: read requests from one pipe, write answers to another.

    Args:
        info: WorkerInfo.
        base_seed: of the loader.
        loading: arguments of `make_fetcher`.
        init_fn: the user's worker_init_fn, or None.
        asked, answers: this worker's ends of its two pipes.
        others: ends that belong to the parent and other workers, to be closed here.
    """
    for connection in others:
        connection.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_num_threads(1)
    set_worker_info(info)
    _seed(info, base_seed)
    where = f"in DataLoader worker process {info.id}"
    fetcher = failure = None
    try:
        if init_fn is not None:
            init_fn(info.id)
        fetcher = make_fetcher(*loading)
        if GUARDS.on and info.num_workers > 1:
            fetcher = GUARDS.see.working(fetcher, info, loading, answers) or fetcher
    except Exception:  # noqa: BLE001 - sent to the parent, which raises it
        failure = WorkerFailure(where)
    try:
        while (request := asked.recv()) is not None:
            number, wanted = request
            if number < 0:  # a new epoch
                fetcher, failure = _restart(loading, where)
                answers.send((RESUMED, number, None))
                continue
            _send(answers, number, *_answer(fetcher, failure, wanted, where))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the parent is gone


def _restart(loading, where):
    try:
        return make_fetcher(*loading), None
    except Exception:  # noqa: BLE001 - sent to the parent, which raises it
        return None, WorkerFailure(where)


def _answer(fetcher, failure, wanted, where):
    if failure is not None:
        return FAILED, pack(failure)
    try:
        return BATCH, pack(fetcher(wanted))
    except StopIteration:
        return END, None
    except Exception:  # noqa: BLE001 - sent to the parent, which raises it
        failure = WorkerFailure(where)
    try:
        return FAILED, pack(failure)
    except Exception:  # noqa: BLE001 - an error that cannot be pickled
        failure.kind = RuntimeError
        return FAILED, pack(failure)


def _send(answers, number, what, packed):
    try:
        answers.send((what, number, packed))
    except (BrokenPipeError, ConnectionResetError):
        if packed is not None:
            discard(packed)
        raise
