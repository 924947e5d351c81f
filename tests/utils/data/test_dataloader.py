"""DataLoader: orders, batches, workers, failures."""

import os
import random
import signal
import time

import numpy as np
import pytest

import rushlight as torch
from rushlight.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    get_worker_info,
)


class Rows(Dataset):
    def __init__(self, size=10, width=3):
        self.size, self.width = size, width

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return torch.full((self.width,), float(index)), index


class Counting(IterableDataset):
    def __init__(self, size):
        self.size = size

    def __iter__(self):
        info = get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, self.size, step))


def labels(loader):
    return [batch[1].tolist() for batch in loader]


@pytest.mark.parametrize("workers", [0, 2])
def test_order_and_last_batch(workers):
    loader = DataLoader(Rows(7), batch_size=3, num_workers=workers)
    assert labels(loader) == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(loader) == 3
    loader = DataLoader(Rows(7), batch_size=3, drop_last=True, num_workers=workers)
    assert labels(loader) == [[0, 1, 2], [3, 4, 5]]
    assert len(loader) == 2


@pytest.mark.parametrize("workers", [0, 2])
def test_shuffled_order_is_pytorchs(workers):
    torch.manual_seed(0)
    loader = DataLoader(Rows(10), batch_size=5, shuffle=True, num_workers=workers)
    # recorded from PyTorch 2.13
    assert labels(loader) == [[6, 7, 1, 4, 2], [0, 9, 8, 3, 5]]
    assert labels(loader) == SECOND_PASS


SECOND_PASS = [[2, 4, 7, 0, 8], [9, 5, 3, 6, 1]]


def test_single_items_and_own_collate():
    items = list(DataLoader(Rows(2), batch_size=None))
    assert items[1][1] == 1
    assert items[1][0].tolist() == [1.0, 1.0, 1.0]
    loader = DataLoader(Rows(4), batch_size=2, collate_fn=lambda rows: len(rows))
    assert list(loader) == [2, 2]


def test_batch_samplers():
    class Odd(Sampler):
        def __init__(self, size):
            self.size = size

        def __iter__(self):
            return iter(range(1, self.size, 2))

        def __len__(self):
            return self.size // 2

    assert labels(DataLoader(Rows(6), batch_size=2, sampler=Odd(6))) == [[1, 3], [5]]
    batches = BatchSampler(Odd(6), 2, drop_last=True)
    assert labels(DataLoader(Rows(6), batch_sampler=batches)) == [[1, 3]]
    assert labels(DataLoader(Rows(6), batch_sampler=[[5], [0, 1]])) == [[5], [0, 1]]


def test_samplers_use_their_generator():
    def generator():
        return torch.Generator().manual_seed(3)

    assert list(RandomSampler(range(6), generator=generator())) == list(
        RandomSampler(range(6), generator=generator())
    )
    twice = list(RandomSampler(range(3), num_samples=7, generator=generator()))
    assert sorted(twice[:3]) == sorted(twice[3:6]) == [0, 1, 2]
    assert len(twice) == 7
    drawn = list(RandomSampler(range(3), True, 50, generator=generator()))
    assert len(drawn) == 50
    assert set(drawn) == {0, 1, 2}
    assert sorted(SubsetRandomSampler([5, 7], generator=generator())) == [5, 7]
    weighted = list(WeightedRandomSampler([0, 1.0, 0], 5, generator=generator()))
    assert weighted == [1] * 5


@pytest.mark.parametrize(
    "options, kind, text",
    [
        ({"num_workers": -1}, ValueError, "num_workers option should be non-negative"),
        ({"timeout": -1}, ValueError, "timeout option should be non-negative"),
        ({"prefetch_factor": 2}, ValueError, "could only be specified in multiproc"),
        ({"persistent_workers": True}, ValueError, "needs num_workers > 0"),
        (
            {"shuffle": True, "sampler": [0]},
            ValueError,
            "mutually exclusive with shuffle",
        ),
        (
            {"batch_sampler": [[0]], "batch_size": 2},
            ValueError,
            "mutually exclusive with",
        ),
        ({"batch_size": None, "drop_last": True}, ValueError, "disables auto-batching"),
        ({"batch_size": 0}, ValueError, "batch_size should be a positive integer"),
        ({"multiprocessing_context": "fork"}, ValueError, "multi-process loading"),
    ],
)
def test_arguments_that_do_not_go_together(options, kind, text):
    with pytest.raises(kind, match=text):
        DataLoader(Rows(), **options)


def test_an_empty_dataset_cannot_be_shuffled():
    with pytest.raises(ValueError, match="num_samples should be a positive integer"):
        DataLoader(Rows(0), shuffle=True)
    assert list(DataLoader(Rows(0))) == []


def test_attributes_are_fixed():
    loader = DataLoader(Rows())
    with pytest.raises(ValueError, match="should not be set after"):
        loader.batch_size = 3
    loader.timeout = 5


def test_streams():
    assert [b.tolist() for b in DataLoader(Counting(5), batch_size=2)] == [
        [0, 1],
        [2, 3],
        [4],
    ]
    loader = DataLoader(Counting(5), batch_size=2, drop_last=True)
    assert [b.tolist() for b in loader] == [[0, 1], [2, 3]]
    assert list(DataLoader(Counting(3), batch_size=None)) == [0, 1, 2]
    with pytest.raises(ValueError, match="expected unspecified shuffle option"):
        DataLoader(Counting(5), shuffle=True)


def test_streams_in_workers():
    loader = DataLoader(Counting(7), batch_size=2, num_workers=2)
    batches = [b.tolist() for b in loader]
    assert sorted(sum(batches, [])) == list(range(7))
    assert batches[:2] == [[0, 2], [1, 3]]


def test_streams_of_single_items_in_workers():
    loader = DataLoader(Counting(5), batch_size=None, num_workers=2)
    assert [list(loader), list(loader)] == [[0, 1, 2, 3, 4]] * 2


class Big(Dataset):
    """Rows large enough for shared memory."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return {"x": torch.full((100, 100), float(index)), "n": np.full(3, index)}


def test_big_batches_come_through_shared_memory_and_leave_nothing():
    before = set(os.listdir("/dev/shm")) if os.path.isdir("/dev/shm") else set()
    batches = list(DataLoader(Big(), batch_size=2, num_workers=2))
    assert [b["x"][:, 0, 0].tolist() for b in batches] == [[0.0, 1.0], [2.0, 3.0]]
    assert batches[1]["n"].tolist() == [[2, 2, 2], [3, 3, 3]]
    batches[0]["x"].add_(1)
    assert batches[0]["x"][1, 5, 5].item() == 2.0
    if before:
        assert not {n for n in set(os.listdir("/dev/shm")) - before if "rushlight" in n}


class Seeds(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        info = get_worker_info()
        return (
            info.id,
            info.seed,
            random.random(),
            float(np.random.rand()),
            torch.rand(1).item(),
        )


def test_workers_have_random_numbers_of_their_own():
    torch.manual_seed(1)
    loader = DataLoader(Seeds(), num_workers=2)
    ids, seeds, *draws = (torch.cat(column) for column in zip(*loader, strict=True))
    assert ids.tolist() == [0, 1, 0, 1]
    assert seeds[1].item() - seeds[0].item() == 1
    for column in draws:
        assert len(set(column.tolist())) == 4
    torch.manual_seed(1)
    again = [torch.cat(column).tolist() for column in zip(*loader, strict=True)]
    assert again[2:] == [column.tolist() for column in draws]


class Marked(Dataset):
    mark = 0

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.mark


def _mark(worker):
    get_worker_info().dataset.mark = 7 + worker


def test_worker_init_fn():
    loader = DataLoader(Marked(), num_workers=2, worker_init_fn=_mark)
    assert [b.tolist() for b in loader] == [[7], [8]]


class Failing(Dataset):
    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index == 2:
            raise self.error
        return index


class Odd(Exception):
    def __init__(self, first, second):
        super().__init__(first)


@pytest.mark.parametrize(
    "error, kind",
    [
        (ValueError("bad row"), ValueError),
        (KeyError("bad row"), KeyError),
        (Odd("bad row", 1), RuntimeError),
    ],
)
def test_a_workers_exception_arrives_whole(error, kind):
    with pytest.raises(kind) as caught:
        list(DataLoader(Failing(error), num_workers=2))
    text = str(caught.value)
    assert "in DataLoader worker process 0" in text
    assert "bad row" in text
    assert "raise self.error" in text


class Suicidal(Rows):
    def __getitem__(self, index):
        if index == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(index)


def test_a_killed_worker_is_an_error_within_seconds():
    start = time.monotonic()
    with pytest.raises(RuntimeError, match="is killed by signal: SIGKILL"):
        list(DataLoader(Suicidal(8), num_workers=2))
    assert time.monotonic() - start < 20


class Slow(Rows):
    def __getitem__(self, index):
        time.sleep(60)


def test_timeout():
    with pytest.raises(RuntimeError, match="timed out after 1 seconds"):
        next(iter(DataLoader(Slow(), num_workers=1, timeout=1)))


class Pid(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return os.getpid()


def test_persistent_workers_stay_and_others_do_not():
    def pids(loader):
        return {p for b in loader for p in b.tolist()}

    stay = DataLoader(Pid(), num_workers=2, persistent_workers=True)
    assert pids(stay) == pids(stay)
    go = DataLoader(Pid(), num_workers=2)
    assert not pids(go) & pids(go)


def test_persistent_workers_restart_in_the_middle():
    loader = DataLoader(Rows(8), batch_size=2, num_workers=2, persistent_workers=True)
    for batch in loader:
        assert batch[1].tolist() == [0, 1]
        break
    assert labels(loader) == [[0, 1], [2, 3], [4, 5], [6, 7]]
    stream = DataLoader(
        Counting(4), batch_size=2, num_workers=2, persistent_workers=True
    )
    for _ in range(2):
        assert sorted(sum((b.tolist() for b in stream), [])) == [0, 1, 2, 3]


def test_workers_end_with_an_abandoned_iterator():
    iterator = iter(DataLoader(Pid(), num_workers=2))
    pid = next(iterator).item()
    del iterator
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_other_ways_to_start_workers(method):
    loader = DataLoader(
        Rows(4), batch_size=2, num_workers=2, multiprocessing_context=method
    )
    assert labels(loader) == [[0, 1], [2, 3]]


def test_tensor_datasets_are_fetched_at_once():
    class Counted(TensorDataset):
        calls = 0

        def __getitem__(self, index):
            raise AssertionError("row by row")

        def __getbatch__(self, indices):
            self.calls += 1
            return super().__getbatch__(indices)

    data = Counted(torch.arange(6), torch.arange(6) * 2)
    assert labels(DataLoader(data, batch_size=4)) == [[0, 2, 4, 6], [8, 10]]
    assert data.calls == 2


def test_in_order_false_gives_every_batch():
    loader = DataLoader(Rows(9), batch_size=2, num_workers=2, in_order=False)
    assert sorted(sum(labels(loader), [])) == list(range(9))
