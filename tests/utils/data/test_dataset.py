"""Datasets and collation."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import rushlight as torch
from rushlight.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    default_collate,
    default_convert,
    random_split,
)
from rushlight.utils.data.dataset import batch_getter


class Squares(Dataset):
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if index >= self.size:
            raise IndexError(index)
        return index * index


class Stream(IterableDataset):
    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def test_tensor_dataset():
    data = TensorDataset(torch.arange(4), torch.arange(8).view(4, 2))
    assert len(data) == 4
    assert data[2][1].tolist() == [4, 5]
    assert data[1:3][0].tolist() == [1, 2]
    with pytest.raises(AssertionError, match="Size mismatch between tensors"):
        TensorDataset(torch.arange(4), torch.arange(3))


def test_concat_and_plus():
    data = Squares(3) + Squares(2)
    assert isinstance(data, ConcatDataset)
    assert [data[i] for i in range(5)] == [0, 1, 4, 0, 1]
    assert data[-1] == 1
    with pytest.raises(ValueError, match="should not exceed dataset length"):
        data[-6]
    with pytest.raises(AssertionError, match="empty iterable"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="IterableDataset"):
        ConcatDataset([Stream(1)])


def test_chain():
    assert list(Stream(1, 2) + Stream(3)) == [1, 2, 3]
    assert isinstance(Stream(1) + Stream(2), ChainDataset)


def test_stack():
    assert StackDataset(Squares(3), range(3))[2] == (4, 2)
    named = StackDataset(x=Squares(3), y=range(3))
    assert named[2] == {"x": 4, "y": 2}
    assert named.__getitems__([0, 2]) == [{"x": 0, "y": 0}, {"x": 4, "y": 2}]
    with pytest.raises(ValueError, match="Size mismatch between datasets"):
        StackDataset(Squares(3), Squares(2))
    with pytest.raises(ValueError, match="by position or all by name"):
        StackDataset()


def test_subset_and_random_split():
    assert [Subset(Squares(5), [4, 0])[i] for i in range(2)] == [16, 0]
    generator = torch.Generator().manual_seed(42)
    parts = random_split(range(10), [3, 7], generator=generator)
    # recorded from PyTorch 2.13
    assert parts[0].indices == [2, 6, 1]
    assert sorted(parts[0].indices + parts[1].indices) == list(range(10))
    assert [len(p) for p in random_split(range(10), [0.34, 0.33, 0.33])] == [4, 3, 3]
    with pytest.raises(ValueError, match="does not equal the length"):
        random_split(range(10), [3, 3])


def test_batches_at_once_equal_rows():
    data = TensorDataset(torch.arange(12.0).view(4, 3), torch.arange(4))
    rows = default_collate([data[i] for i in (2, 0)])
    whole = batch_getter(data)([2, 0])
    assert [t.tolist() for t in rows] == [t.tolist() for t in whole]
    assert batch_getter(Subset(data, [3, 1]))([1])[1].tolist() == [1]


def test_a_subclass_with_its_own_items_is_read_row_by_row():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return self.tensors[0][index] * 2

    class Listed(TensorDataset):
        def __getitems__(self, indices):
            return [self[i] for i in indices]

    for kind in (Doubled, Listed):
        assert batch_getter(kind(torch.arange(3))) is None
        assert batch_getter(Subset(kind(torch.arange(3)), [0])) is None
    assert batch_getter(Squares(3)) is None


Pair = namedtuple("Pair", "x y")


@pytest.mark.parametrize(
    "batch, wanted",
    [
        ([1, 2], [1, 2]),
        ([1.5, 2.5], [1.5, 2.5]),
        ([True, False], [True, False]),
        (["a", "b"], ["a", "b"]),
        ([(1, "a"), (2, "b")], [[1, 2], ["a", "b"]]),
        ([Pair(1, 2), Pair(3, 4)], Pair([1, 3], [2, 4])),
        ([OrderedDict(a=1), OrderedDict(a=2)], OrderedDict(a=[1, 2])),
        ([np.float32([1, 2]), np.float32([3, 4])], [[1, 2], [3, 4]]),
        ([np.int64(1), np.int64(2)], [1, 2]),
        ([torch.tensor(1), torch.tensor(2)], [1, 2]),
        ([torch.ones(1, 2), torch.zeros(1, 2)], [[[1, 1]], [[0, 0]]]),
    ],
    ids=lambda v: type(v[0]).__name__ if isinstance(v, list) else "",
)
def test_collate(batch, wanted):
    result = default_collate(batch)

    def plain(value):
        if isinstance(value, torch.Tensor):
            return value.tolist()
        if isinstance(value, dict):
            return type(value)((k, plain(v)) for k, v in value.items())
        if isinstance(value, tuple):
            return type(value)(*map(plain, value))
        return [plain(v) for v in value] if isinstance(value, list) else value

    assert plain(result) == wanted
    assert type(plain(result)) is type(wanted)


def test_collate_dtypes():
    assert default_collate([1.5]).dtype is torch.float64
    assert default_collate([1]).dtype is torch.int64
    assert default_collate([np.float32(1)]).dtype is torch.float32


def test_collate_errors():
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([torch.ones(2), torch.ones(3)])
    with pytest.raises(RuntimeError, match="each element in list of batch"):
        default_collate([[1], [1, 2]])
    with pytest.raises(TypeError, match="batch must contain tensors"):
        default_collate([object()])


def test_collated_gradients_flow():
    x = torch.ones(2, requires_grad=True)
    default_collate([x, x * 2]).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_convert():
    result = default_convert({"a": np.ones(2), "b": [np.float32(1), "text"]})
    assert isinstance(result["a"], torch.Tensor)
    assert isinstance(result["b"][0], torch.Tensor)
    assert result["b"][1] == "text"
