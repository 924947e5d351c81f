"""Samplers: in which order, and in which batches, a dataset is read."""

import itertools

from rushlight._base.dtype import float64, int64
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.generator import Generator


def random_seed(generator=None):
    """A seed drawn from a generator (the default one for None), as torch draws it."""
    return TORCH["empty"]((), dtype=int64).random_(generator=generator).item()


class Sampler:
    """Base class: subclass it and write __iter__ (over indices), and __len__."""

    def __init__(self, data_source=None):
        pass

    def __class_getitem__(cls, item):
        return cls

    def __iter__(self):
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler):
    """All indices in order.

    Args:
        data_source: the dataset.
    """

    def __init__(self, data_source):
        self.data_source = data_source

    def __iter__(self):
        return iter(range(len(self.data_source)))

    def __len__(self):
        return len(self.data_source)


class RandomSampler(Sampler):
    """Indices at random.

    Args:
        data_source: the dataset.
        replacement: whether an index can come twice.
        num_samples: how many; the dataset's length if left out.
        generator: the random numbers' source; else one seeded from the default one.

    Raises:
        TypeError, ValueError: for a replacement or num_samples that cannot be used.
    """

    def __init__(
        self, data_source, replacement=False, num_samples=None, generator=None
    ):
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        _check_bool("RandomSampler()", "replacement", replacement)
        _check_count("RandomSampler()", "num_samples", self.num_samples)

    @property
    def num_samples(self):
        """How many indices one pass gives."""
        if self._num_samples is None:
            return len(self.data_source)
        return self._num_samples

    def __iter__(self):
        size = len(self.data_source)
        generator = self.generator
        if generator is None:
            generator = Generator().manual_seed(random_seed())
        if self.replacement:
            yield from self._with_replacement(size, generator)
            return
        rounds, rest = divmod(self.num_samples, size)
        for _ in range(rounds):
            yield from TORCH["randperm"](size, generator=generator).tolist()
        yield from TORCH["randperm"](size, generator=generator).tolist()[:rest]

    def _with_replacement(self, size, generator):
        for start in range(0, self.num_samples, 32):
            count = min(32, self.num_samples - start)
            drawn = TORCH["randint"](
                high=size, size=(count,), dtype=int64, generator=generator
            )
            yield from drawn.tolist()

    def __len__(self):
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """Given indices in random order.

    Args:
        indices: a sequence.
        generator: the random numbers' source.
    """

    def __init__(self, indices, generator=None):
        self.indices, self.generator = indices, generator

    def __iter__(self):
        order = TORCH["randperm"](len(self.indices), generator=self.generator)
        for place in order.tolist():
            yield self.indices[place]

    def __len__(self):
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """Indices at random, each with its own weight.

    Args:
        weights: a sequence, not necessarily summing to 1.
        num_samples: how many to draw.
        replacement: whether an index can come twice.
        generator: the random numbers' source.

    Raises:
        ValueError: for arguments that cannot be used.
    """

    def __init__(self, weights, num_samples, replacement=True, generator=None):
        _check_bool(
            "WeightedRandomSampler()", "replacement", replacement, ArgumentError
        )
        _check_count("WeightedRandomSampler()", "num_samples", num_samples)
        weights = TORCH["as_tensor"](weights, dtype=float64)
        if weights.ndim != 1:
            raise ArgumentError(
                explain(
                    "WeightedRandomSampler()",
                    expected="weights should be a 1d sequence",
                    got=f"shape {list(weights.shape)}",
                    do="Give one weight for each item.",
                )
            )
        self.weights, self.num_samples = weights, num_samples
        self.replacement, self.generator = replacement, generator

    def __iter__(self):
        drawn = TORCH["multinomial"](
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        yield from drawn.tolist()

    def __len__(self):
        return self.num_samples


class BatchSampler(Sampler):
    """Batches of another sampler's indices.

    Args:
        sampler: any iterable of indices.
        batch_size: indices in a batch.
        drop_last: leave out a last batch that is not full.

    Raises:
        ValueError: for arguments that cannot be used.

    >>> list(BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler, batch_size, drop_last):
        _check_count("BatchSampler()", "batch_size", batch_size)
        _check_bool("BatchSampler()", "drop_last", drop_last, ArgumentError)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self):
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self):
        extra = 0 if self.drop_last else self.batch_size - 1
        return (len(self.sampler) + extra) // self.batch_size


def _check_bool(who, name, value, kind=ArgumentTypeError):
    if not isinstance(value, bool):
        raise kind(
            explain(
                who,
                expected=f"{name} should be a boolean value",
                got=f"{name}={value}",
                do="Pass True or False.",
            )
        )


def _check_count(who, name, value):
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ArgumentError(
            explain(
                who,
                expected=f"{name} should be a positive integer value",
                got=f"{name}={value}",
                do="Check that the dataset is not empty, and the number.",
            )
        )
