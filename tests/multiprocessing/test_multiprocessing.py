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


def _train(index, model, data, half):
    with torch.no_grad():
        model.weight.add_(index + 1.0)
        model.bias[index] = 7.0
    half[1] = 5.0
    assert data.is_shared() and half.is_shared() and model.weight.requires_grad
    data[index] = 2.0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no descriptors are sent")
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_share_memory_however_they_are_started(method):
    model = torch.nn.Linear(2, 2).share_memory()
    data = torch.zeros(2, 3, dtype=torch.bfloat16).share_memory_()
    half = torch.zeros(1 << 23).share_memory_()[::2]
    before = model.weight.detach().clone()
    mp.spawn(_train, (model, data[:, 1], half), nprocs=2, start_method=method)
    assert torch.allclose(model.weight, before + 3.0)
    assert model.bias.tolist() == [7.0, 7.0]
    assert data.tolist() == [[0, 2, 0], [0, 2, 0]]
    assert half[1] == 5.0


def test_arenas_are_filled_and_pickles_outside_of_a_spawn_are_copies():
    import pickle

    tensors = [torch.full((5,), float(i)).share_memory_() for i in range(50)]
    large = torch.ones(1 << 23).share_memory_()
    assert [t[0].item() for t in tensors] == list(range(50))
    assert large.is_shared() and large.sum() == 1 << 23
    copied = pickle.loads(pickle.dumps(tensors[3]))
    assert not copied.is_shared() and copied.equal(tensors[3])


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
