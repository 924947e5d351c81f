"""Values that are made once."""

import threading

from rushlight._compiler.runtime.once import once


def test_threads_that_ask_at_the_same_time_get_the_same():
    made, results, begun = [], [], threading.Barrier(4)

    @once
    def value(name):
        """Make one."""
        made.append(name)
        for _ in range(1000):
            pass
        return object()

    def ask():
        begun.wait()
        results.append(value("a"))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert made == ["a"]
    assert len(set(results)) == 1
    assert value("b") is not value("a")
    assert value.__doc__ == "Make one."


def test_one_may_need_another():
    @once
    def factorial(n):
        return n * factorial(n - 1) if n else 1

    assert factorial(5) == 120
