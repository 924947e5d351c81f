"""spawn(), its failures, and memory that forked processes share."""

import os
import sys

import pytest

import rushlight as torch
from rushlight import multiprocessing as mp


def _add(index, counts):
    counts[index] += index + 1


def _fail(index):
    if index == 1:
        raise ValueError("bad process")


def _exit(index):
    os._exit(7)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_processes_share_memory_after_a_fork():
    counts = torch.zeros(3).share_memory_()
    assert counts.is_shared()
    mp.spawn(_add, (counts,), nprocs=3, start_method="fork")
    assert counts.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.slow
def test_spawned_processes_get_copies():
    counts = torch.zeros(2)
    mp.spawn(_add, (counts,), nprocs=2)
    assert counts.tolist() == [0.0, 0.0]


def test_a_failure_arrives_with_its_traceback():
    with pytest.raises(mp.ProcessRaisedException, match="bad process") as caught:
        mp.spawn(_fail, nprocs=2, start_method="fork")
    assert caught.value.error_index == 1
    assert "in _fail" in str(caught.value)
    with pytest.raises(mp.ProcessExitedException, match="exit code 7"):
        mp.spawn(_exit, nprocs=1, start_method="fork")


def test_without_waiting():
    context = mp.spawn(_fail, nprocs=1, join=False, start_method="fork")
    assert len(context.pids()) == 1
    while not context.join():
        pass


def test_names_of_pythons_module():
    assert mp.get_context("fork").Process.__name__ == "ForkProcess"
    assert mp.get_sharing_strategy() in mp.get_all_sharing_strategies()
    with pytest.raises(ValueError, match="'file_system'"):
        mp.set_sharing_strategy("file_descriptor")
