"""DistributedSampler: every process its part, in PyTorch's order."""

import pytest

from rushlight.utils.data.distributed import DistributedSampler

RECORDED = [[0, 7, 5, 9, 4], [4, 6, 5, 2, 7]]


def test_parts_cover_the_dataset():
    parts = [list(DistributedSampler(range(10), 3, rank)) for rank in range(3)]
    assert [len(p) for p in parts] == [4, 4, 4]
    assert set().union(*parts) == set(range(10))
    dropped = [DistributedSampler(range(10), 3, r, drop_last=True) for r in range(3)]
    assert [len(list(p)) for p in dropped] == [3, 3, 3]


def test_the_order_is_that_of_pytorch():
    sampler = DistributedSampler(range(10), 2, 1, seed=3)
    first = list(sampler)
    sampler.set_epoch(2)
    assert [first, list(sampler)] == RECORDED


def test_refusals():
    with pytest.raises(RuntimeError, match="num_replicas and rank"):
        DistributedSampler(range(3))
    with pytest.raises(ValueError, match="rank in the interval"):
        DistributedSampler(range(3), 2, 2)
