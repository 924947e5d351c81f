"""torch.multiprocessing: Python's multiprocessing, and spawn() for training processes.

Tensors in shared memory (`Tensor.share_memory_`, `Module.share_memory`) stay shared
with the processes that are started; other tensors, and what queues send, are copied.
"""

import multiprocessing
import sys
from multiprocessing import *
from multiprocessing.connection import wait

from rushlight._base.errors import ArgumentError, explain

__all__ = [  # noqa: PLE0604 - the stars hold strings
    *multiprocessing.__all__,
    "ProcessContext",
    "ProcessExitedException",
    "ProcessRaisedException",
    "get_all_sharing_strategies",
    "get_sharing_strategy",
    "set_sharing_strategy",
    "spawn",
    "start_processes",
]


def get_all_sharing_strategies():
    """The ways in which memory is shared: one."""
    return {"file_system"}


def get_sharing_strategy():
    """The way in which memory is shared."""
    return "file_system"


def set_sharing_strategy(new_strategy):
    """Choose the way in which memory is shared; there is only "file_system".

    Raises:
        ValueError: for any other.
    """
    if new_strategy not in get_all_sharing_strategies():
        raise ArgumentError(
            explain(
                "set_sharing_strategy()",
                expected="'file_system'",
                got=repr(new_strategy),
                do="Leave it away.",
            )
        )


class ProcessException(Exception):
    """A process that did not end well.

    Attributes:
        error_index: its number among those that were started.
        error_pid: its process id.
    """

    def __init__(self, message, error_index, error_pid):
        super().__init__(message)
        self.msg = message
        self.error_index, self.error_pid = error_index, error_pid


class ProcessRaisedException(ProcessException):
    """A process whose function raised; its traceback is in the message."""


class ProcessExitedException(ProcessException):
    """A process that ended by a signal or an exit status."""


class ProcessContext:
    """The processes that `spawn` started, for those that do not wait at once."""

    def __init__(self, processes, receivers):
        self.processes, self._receivers = processes, receivers

    def pids(self):
        """The process ids."""
        return [process.pid for process in self.processes]

    def join(self, timeout=None):
        """Wait for the processes; stop the others when one fails.

        Returns:
            bool: whether all have ended.

        Raises:
            ProcessRaisedException, ProcessExitedException: for the first that failed.
        """
        running = {p.sentinel: i for i, p in enumerate(self.processes) if p.is_alive()}
        ready = wait(list(running), timeout) if running else []
        for sentinel in ready:  # closes a little before there is an exit status
            self.processes[running[sentinel]].join()
        for index, process in enumerate(self.processes):
            if process.exitcode not in (None, 0):
                self._stop()
                raise self._failure(index, process)
        return len(ready) == len(running)

    def _stop(self):
        for process in self.processes:
            if process.is_alive():
                process.terminate()
        for process in self.processes:
            process.join()

    def _failure(self, index, process):
        try:
            text = self._receivers[index].recv()
        except EOFError:
            message = f"process {index} terminated with exit code {process.exitcode}"
            return ProcessExitedException(message, index, process.pid)
        message = f"\n\n-- Process {index} terminated with the following error:\n{text}"
        return ProcessRaisedException(message, index, process.pid)


def _run(fn, index, args, sender):
    try:
        fn(index, *args)
    except KeyboardInterrupt:
        pass
    except Exception:  # noqa: BLE001 - sent to the parent, which raises it
        import traceback

        sender.send(traceback.format_exc())
        sys.exit(1)


def start_processes(
    fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"
):
    """Run ``fn(i, *args)`` in processes numbered from 0.

    Args:
        fn: a function at the top level of a module.
        args: its further arguments.
        nprocs: how many.
        join: wait for all of them.
        daemon: whether they end with this process.
        start_method: "spawn", "fork" or "forkserver".

    Returns:
        None, or with join=False a `ProcessContext`.

    Raises:
        ProcessRaisedException, ProcessExitedException: where one failed.
    """
    maker = multiprocessing.get_context(start_method)
    processes, receivers = [], []
    for index in range(nprocs):
        receiver, sender = maker.Pipe(duplex=False)
        process = maker.Process(
            target=_run, args=(fn, index, args, sender), daemon=daemon
        )
        process.start()
        sender.close()
        processes.append(process)
        receivers.append(receiver)
    context = ProcessContext(processes, receivers)
    if not join:
        return context
    while not context.join():
        pass
    return None


def spawn(fn, args=(), nprocs=1, join=True, daemon=False, start_method="spawn"):
    """Run ``fn(i, *args)`` in fresh processes; see `start_processes`."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)
