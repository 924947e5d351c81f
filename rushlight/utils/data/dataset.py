"""Datasets: what has a length and items, or can be iterated.

# Note [Batches at once]
# Three ways to fetch a batch, the quickest that a dataset offers:
# * ``__getbatch__(indices)``: the collated batch.  Ours; used where the loader collates
#   by default and no subclass has overridden ``__getitem__`` alone (`batch_getter`).
# * ``__getitems__(indices)``: a list of items; torch's protocol.
# * ``__getitem__(index)``, one by one.
# All three give the same batch.
"""

import bisect
import itertools
import math
import warnings

import numpy as np

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.generator import default_generator
from rushlight._core.tensor import Tensor, wrap
from rushlight.utils.data.collate import default_collate


class Dataset:
    """A map from indices to items: subclass it, write __getitem__ and __len__."""

    def __class_getitem__(cls, item):
        return cls

    def __getitem__(self, index):
        """The item with this index; to be written by the subclass."""
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other):
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """A stream of items: subclass it and write __iter__.

    With several workers each iterates a copy of its own; `get_worker_info` tells a copy
    which part is its own.
    """

    def __iter__(self):
        raise NotImplementedError(
            "Subclasses of IterableDataset should implement __iter__."
        )

    def __add__(self, other):
        return ChainDataset([self, other])


def batch_getter(dataset):
    """``__getbatch__`` of a dataset where it says the same as ``__getitem__``, or None.

    A subclass that overrides __getitem__ but not __getbatch__ means its own items.
    """
    for kind in type(dataset).__mro__:
        if "__getbatch__" in vars(kind):
            return dataset.__getbatch__ if dataset._has_batches() else None
        if "__getitem__" in vars(kind) or "__getitems__" in vars(kind):
            return None
    return None


def fetch_items(dataset, indices):
    """The items with these indices, as a list."""
    getitems = getattr(dataset, "__getitems__", None)
    if getitems is not None:
        return getitems(indices)
    return [dataset[index] for index in indices]


class TensorDataset(Dataset):
    """Tensors side by side: item i is the tuple of their i-th elements.

    Args:
        tensors: of equal first size.

    Raises:
        AssertionError: where the first sizes differ.

    >>> import rushlight
    >>> data = TensorDataset(rushlight.arange(3), rushlight.arange(3) * 10)
    >>> data[1]
    (tensor(1), tensor(10))
    """

    def __init__(self, *tensors):
        if any(len(t) != len(tensors[0]) for t in tensors):
            raise AssertionError(
                explain(
                    "TensorDataset()",
                    expected="tensors of equal first size",
                    got=f"Size mismatch between tensors: {[len(t) for t in tensors]}",
                    do="Cut or pad them.",
                )
            )
        self.tensors = tensors

    def __getitem__(self, index):
        return tuple(tensor[index] for tensor in self.tensors)

    def _has_batches(self):
        return all(type(t) is Tensor and not t.requires_grad for t in self.tensors)

    def __getbatch__(self, indices):
        rows = np.asarray(indices)
        if rows.dtype.kind not in "iu" and rows.size:  # as x[1.5] is refused
            return default_collate([self[index] for index in indices])
        return [wrap(t._array[rows]) for t in self.tensors]

    def __len__(self):
        return len(self.tensors[0])


class StackDataset(Dataset):
    """Datasets side by side: item i is a tuple (or dict) of their i-th items.

    Args:
        args: datasets, for tuples.
        kwargs: datasets by name, for dicts.

    Raises:
        ValueError: for both, none, or unequal lengths.
    """

    def __init__(self, *args, **kwargs):
        if bool(args) == bool(kwargs):
            raise ArgumentError(
                explain(
                    "StackDataset()",
                    expected="datasets, either all by position or all by name",
                    got=f"{len(args)} by position and {len(kwargs)} by name",
                    do="Use one of the two.",
                )
            )
        self.datasets = args or kwargs
        parts = list(args or kwargs.values())
        self._length = len(parts[0])
        if any(len(d) != self._length for d in parts):
            raise ArgumentError(
                explain(
                    "StackDataset()",
                    expected="datasets of equal length",
                    got=f"Size mismatch between datasets: {[len(d) for d in parts]}",
                    do="Cut them with Subset.",
                )
            )

    def __getitem__(self, index):
        if isinstance(self.datasets, dict):
            return {name: d[index] for name, d in self.datasets.items()}
        return tuple(d[index] for d in self.datasets)

    def __getitems__(self, indices):
        if isinstance(self.datasets, dict):
            columns = [fetch_items(d, indices) for d in self.datasets.values()]
            rows = zip(*columns, strict=True)
            return [dict(zip(self.datasets, row, strict=True)) for row in rows]
        columns = [fetch_items(d, indices) for d in self.datasets]
        return list(zip(*columns, strict=True))

    def __len__(self):
        return self._length


class ConcatDataset(Dataset):
    """Datasets one after another.

    Args:
        datasets: map-style datasets.

    Raises:
        AssertionError: for none, or an IterableDataset.
    """

    def __init__(self, datasets):
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __len__(self):
        return self.cumulative_sizes[-1]

    def __getitem__(self, index):
        if index < 0:
            if -index > len(self):
                raise ArgumentError(
                    explain(
                        "ConcatDataset",
                        expected=f"an index in [{-len(self)}, {len(self) - 1}]",
                        got=f"{index}: absolute value of index should not exceed "
                        "dataset length",
                        do="Check the index.",
                    )
                )
            index += len(self)
        number = bisect.bisect_right(self.cumulative_sizes, index)
        start = self.cumulative_sizes[number - 1] if number else 0
        return self.datasets[number][index - start]


class ChainDataset(IterableDataset):
    """Streams one after another.

    Args:
        datasets: IterableDatasets.
    """

    def __init__(self, datasets):
        super().__init__()
        self.datasets = datasets

    def __iter__(self):
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield from dataset

    def __len__(self):
        return sum(len(dataset) for dataset in self.datasets)


class Subset(Dataset):
    """Some items of a dataset.

    Args:
        dataset: a map-style dataset.
        indices: of the items, in order.
    """

    def __init__(self, dataset, indices):
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index):
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices):
        return fetch_items(self.dataset, [self.indices[i] for i in indices])

    def _has_batches(self):
        return batch_getter(self.dataset) is not None

    def __getbatch__(self, indices):
        return batch_getter(self.dataset)([self.indices[i] for i in indices])

    def __len__(self):
        return len(self.indices)


def random_split(dataset, lengths, generator=default_generator):
    """Split a dataset at random into parts of given lengths.

    Args:
        dataset: a map-style dataset.
        lengths: of the parts; or fractions that sum to 1, whose remainder is dealt out
            one by one from the first part on.
        generator: the random numbers' source.

    Returns:
        list of Subset.

    Raises:
        ValueError: where the lengths do not sum to the dataset's.

    >>> import rushlight
    >>> parts = random_split(
    ...     range(10), [0.5, 0.5], rushlight.Generator().manual_seed(1)
    ... )
    >>> [len(part) for part in parts]
    [5, 5]
    """
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        lengths = _lengths_of_fractions(lengths, len(dataset))
    if sum(lengths) != len(dataset):
        raise ArgumentError(
            explain(
                "random_split()",
                expected=f"lengths that sum to the dataset's {len(dataset)}",
                got=f"{list(lengths)}: Sum of input lengths does not equal the length "
                "of the input dataset!",
                do="Correct one of them, or give fractions.",
            )
        )
    from rushlight._core.expose import TORCH

    order = TORCH["randperm"](sum(lengths), generator=generator).tolist()
    ends = itertools.accumulate(lengths)
    return [
        Subset(dataset, order[end - length : end])
        for end, length in zip(ends, lengths, strict=True)
    ]


def _lengths_of_fractions(fractions, total):
    if any(f < 0 or f > 1 for f in fractions):
        raise ArgumentError(
            explain(
                "random_split()",
                expected="fractions between 0 and 1",
                got=list(fractions),
                do="Give fractions that sum to 1.",
            )
        )
    lengths = [math.floor(total * f) for f in fractions]
    for number in range(total - sum(lengths)):
        lengths[number % len(lengths)] += 1
    for number, length in enumerate(lengths):
        if length == 0:
            warnings.warn(
                f"random_split(): expected parts with items, got length of split at "
                f"index {number} is 0. This might result in an empty dataset.",
                stacklevel=3,
            )
    return lengths
