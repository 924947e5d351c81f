"""Interceptors see every operation of their thread, innermost first."""

import threading

import rushlight as torch
from rushlight._core.intercept import intercepting
from rushlight._core.state import STATE


def test_operations_are_seen_and_can_be_replaced():
    x, seen = torch.ones(2), []

    def watch(call, proceed):
        seen.append((call.op.name, call.target is not None))
        return proceed()

    with intercepting(watch):
        x + x
        x.exp()
        x.add_(1)
        x[0] = 5.0
    assert seen == [("add", False), ("exp", False), ("add", True), ("setitem", True)]
    assert x.tolist() == [5.0, 2.0]
    with intercepting(lambda call, proceed: proceed() * 10):
        assert (x + 0).tolist() == [50.0, 20.0]
    assert STATE.special == 0


def test_other_threads_are_not_seen():
    seen, x = [], torch.ones(2)
    with intercepting(lambda call, proceed: seen.append(1) or proceed()):
        thread = threading.Thread(target=lambda: x + x)
        thread.start()
        thread.join()
    assert seen == []
