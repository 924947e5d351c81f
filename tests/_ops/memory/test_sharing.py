"""share_memory_, pin_memory."""

import multiprocessing
import sys

import pytest

import rushlight


def test_views_move_along():
    x = rushlight.arange(6.0).reshape(2, 3)
    row = x[1]
    assert not x.is_shared()
    assert x.share_memory_() is x
    assert x.is_shared()
    assert row.is_shared()
    row[0] = 9
    assert x.tolist() == [[0, 1, 2], [9, 4, 5]]
    assert x.share_memory_().is_shared()
    assert rushlight.empty(0).share_memory_().is_shared()


def _write(x):
    x[1] = 5


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # fork beside threads
def test_a_forked_process_writes_to_it():
    x = rushlight.zeros(2).share_memory_()
    process = multiprocessing.get_context("fork").Process(target=_write, args=(x,))
    process.start()
    process.join()
    assert x.tolist() == [0, 5]


@pytest.mark.skipif(rushlight.cuda.is_available(), reason="there is a GPU")
def test_pinned_memory_needs_a_gpu():
    x = rushlight.ones(1)
    assert not x.is_pinned()
    with pytest.raises(RuntimeError, match="an NVIDIA driver"):
        x.pin_memory()
