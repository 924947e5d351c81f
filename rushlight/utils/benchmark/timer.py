"""Timer: how long a statement takes, on a given number of threads."""

import timeit
from contextlib import contextmanager
from time import perf_counter

from rushlight import cuda
from rushlight._base.errors import UnsupportedError, explain
from rushlight._base.threads import get_num_threads, set_num_threads
from rushlight.utils.benchmark.measurement import Measurement, TaskSpec

_LEAST_TIME = 1e-4  # one measurement of `blocked_autorange` lasts at least so long


def timer():
    """Seconds on a clock; what a CUDA device was given is done by then."""
    if cuda.is_available():
        cuda.synchronize()
    return perf_counter()


@contextmanager
def _threads(count):
    before = get_num_threads()
    set_num_threads(count)
    try:
        yield
    finally:
        set_num_threads(before)


class Timer:
    """Time a statement of Python.

    Args:
        stmt: the statement.
        setup: run once before each measurement.
        global_setup: for C++ only.
        timer: a clock in seconds.
        globals: the names that the statement sees.
        label, sub_label, description, env: how a table calls it.
        num_threads: how many threads operations may use meanwhile.
        language: "python"; another is refused.

    Raises:
        NotImplementedError: for statements of C++.

    >>> Timer("1 + 1").timeit(10).number_per_run
    10
    """

    def __init__(
        self,
        stmt="pass",
        setup="pass",
        global_setup="",
        timer=timer,
        globals=None,
        label=None,
        sub_label=None,
        description=None,
        env=None,
        num_threads=1,
        language="python",
    ):
        if str(language).lower() not in ("python", "py"):
            raise UnsupportedError(
                explain(
                    "Timer()",
                    expected="a statement of Python",
                    got=f"language={language!r}",
                    do="Time C++ with its own tools.",
                )
            )
        scope = dict(globals or {})
        self._timer = timeit.Timer(stmt, setup, timer, scope)
        self._task_spec = TaskSpec(
            stmt, setup, global_setup, label, sub_label, description, env, num_threads
        )

    def _measure(self, number):
        return max(self._timer.timeit(number), 1e-9)

    def _found(self, number, times):
        return Measurement(number, times, self._task_spec)

    def timeit(self, number=1000000):
        """Run the statement so many times, after a few to warm up.

        Returns:
            Measurement: with one time.
        """
        with _threads(self._task_spec.num_threads):
            self._measure(max(number // 100, 2))
            return self._found(number, [self._measure(number)])

    def repeat(self, repeat=-1, number=-1):
        """Not here, as in torch: raises NotImplementedError."""
        raise NotImplementedError("Timer.repeat(): see `Timer.blocked_autorange`.")

    def autorange(self, callback=None):
        """Not here, as in torch: raises NotImplementedError."""
        raise NotImplementedError("Timer.autorange(): see `Timer.blocked_autorange`.")

    def _block_size(self, min_run_time):
        """How often to run the statement in one measurement."""
        number = 1
        while True:
            seconds = self._measure(number)
            if seconds >= min(_LEAST_TIME, min_run_time / 1000) or seconds > 0.2:
                return number
            number *= 10

    def blocked_autorange(self, callback=None, min_run_time=0.2):
        """Measure again and again, until so many seconds have passed.

        Args:
            callback: called with (number, seconds) after each measurement.
            min_run_time: seconds.

        Returns:
            Measurement.
        """
        with _threads(self._task_spec.num_threads):
            number, times = self._block_size(min_run_time), []
            while sum(times) < min_run_time:
                times.append(self._measure(number))
                if callback is not None:
                    callback(number, times[-1])
        return self._found(number, times)

    def adaptive_autorange(
        self, threshold=0.1, *, min_run_time=0.01, max_run_time=10.0, callback=None
    ):
        """Measure until the quartiles are close to the median, or time is up.

        Args:
            threshold: the distance between the quartiles over the median.
            min_run_time, max_run_time: seconds.
            callback: called with (number, seconds) after each measurement.

        Returns:
            Measurement.
        """
        with _threads(self._task_spec.num_threads):
            number, times = self._block_size(min_run_time), []
            while sum(times) < max_run_time:
                times.append(self._measure(number))
                if callback is not None:
                    callback(number, times[-1])
                found = self._found(number, times)
                close = len(times) > 3 and found.iqr <= threshold * found.median
                if sum(times) >= min_run_time and close:
                    break
        return self._found(number, times)

    def collect_callgrind(self, *args, **kwargs):
        """Not here: raises NotImplementedError."""
        raise UnsupportedError(
            explain(
                "Timer.collect_callgrind()",
                expected="a program that Valgrind can follow",
                got="Python",
                do="Use blocked_autorange().",
            )
        )
