"""DataLoader: batches of a dataset, made here or by worker processes."""

import itertools
import os
import warnings

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.guarding import GUARDS
from rushlight.utils.data.collate import default_collate, default_convert
from rushlight.utils.data.dataset import IterableDataset
from rushlight.utils.data.fetch import make_fetcher
from rushlight.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    random_seed,
)


class _InfiniteSampler(Sampler):
    """What a stream is asked with: it needs no indices."""

    def __iter__(self):
        return itertools.repeat(None)


def _refuse(expected, got, do, kind=ArgumentError):
    raise kind(explain("DataLoader()", expected=expected, got=got, do=do))


class DataLoader:
    """Batches of a dataset, in order or shuffled.

    Args:
        dataset: a Dataset, or anything with __getitem__ and __len__, or an
            IterableDataset.
        batch_size: items in a batch; None gives single items.
        shuffle: a new random order at every pass.
        sampler: gives the indices; not together with shuffle.
        batch_sampler: gives lists of indices; not together with the above.
        num_workers: processes that fetch; 0 fetches here.
        collate_fn: makes a batch of a list of items.
        pin_memory, pin_memory_device: have an effect on CUDA only.
        drop_last: leave out a last batch that is not full.
        timeout: seconds to wait for a worker's batch; 0 waits for ever.
        worker_init_fn: called in each worker with its number.
        multiprocessing_context: how workers are started.
        generator: the source of the order and of the workers' seeds.
        prefetch_factor: batches each worker fetches ahead (2).
        persistent_workers: keep the workers between passes.
        in_order: give batches in the sampler's order.

    Raises:
        ValueError, TypeError: for arguments that do not go together.

    >>> import rushlight
    >>> for batch in DataLoader(range(5), batch_size=2):
    ...     print(batch)
    tensor([0, 1])
    tensor([2, 3])
    tensor([4])
    """

    def __class_getitem__(cls, item):
        return cls

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        self.dataset = dataset
        self.num_workers = num_workers
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order
        self._check_workers(prefetch_factor, multiprocessing_context)
        self.multiprocessing_context = multiprocessing_context
        self.prefetch_factor = prefetch_factor
        if num_workers and prefetch_factor is None:
            self.prefetch_factor = 2
        self._is_stream = isinstance(dataset, IterableDataset)
        if self._is_stream:
            self._check_stream(shuffle, sampler, batch_sampler)
        _check_batching(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None:
            sampler = self._default_sampler(shuffle)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn
        self._persistent = None

    def _default_sampler(self, shuffle):
        if self._is_stream:
            return _InfiniteSampler()
        if shuffle:
            return RandomSampler(self.dataset, generator=self.generator)
        return SequentialSampler(self.dataset)

    def _check_workers(self, prefetch_factor, context):
        workers = self.num_workers
        if workers < 0:
            _refuse(
                "num_workers option should be non-negative",
                workers,
                "Use num_workers=0 to load in the main process.",
            )
        if self.timeout < 0:
            _refuse("timeout option should be non-negative", self.timeout, "Use 0.")
        if workers == 0 and prefetch_factor is not None:
            _refuse(
                "num_workers > 0 where prefetch_factor is given",
                "prefetch_factor option could only be specified in multiprocessing",
                "Set num_workers, or leave prefetch_factor away.",
            )
        if prefetch_factor is not None and prefetch_factor < 0:
            _refuse(
                "prefetch_factor option should be non-negative", prefetch_factor, ""
            )
        if workers == 0 and self.persistent_workers:
            _refuse(
                "num_workers > 0 where persistent_workers is set",
                "persistent_workers option needs num_workers > 0",
                "Set num_workers.",
            )
        if workers == 0 and context is not None:
            _refuse(
                "num_workers > 0 where multiprocessing_context is given",
                "multiprocessing_context can only be used with multi-process loading",
                "Set num_workers.",
            )
        cores = os.cpu_count() or 1
        if workers > cores:
            warnings.warn(
                f"DataLoader(): expected at most {cores} workers, the number of cores, "
                f"got num_workers={workers}: This DataLoader will create {workers} "
                "worker processes in total, which may be slower. Use fewer.",
                stacklevel=3,
            )

    def _check_stream(self, shuffle, sampler, batch_sampler):
        for name, value in (
            ("shuffle", shuffle or None),
            ("sampler", sampler),
            ("batch_sampler", batch_sampler),
        ):
            if value is not None:
                _refuse(
                    f"no {name} option for an IterableDataset",
                    f"DataLoader with IterableDataset: expected unspecified {name} "
                    f"option, but got {name}={value}",
                    "The dataset's own __iter__ decides the order.",
                )

    @property
    def index_sampler(self):
        """What is iterated: the batch sampler, or the sampler of single items."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    @property
    def loading(self):
        """The arguments of `make_fetcher`."""
        batched = self.batch_sampler is not None
        return self.dataset, batched, self.collate_fn, self.drop_last

    def __setattr__(self, name, value):
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset")
        if "_persistent" in self.__dict__ and name in (*fixed, "persistent_workers"):
            raise ArgumentError(
                explain(
                    "DataLoader",
                    expected=f"{name} to be given to the constructor",
                    got=f"{name} attribute should not be set after DataLoader is "
                    "initialized",
                    do="Create another DataLoader.",
                )
            )
        object.__setattr__(self, name, value)

    def __iter__(self):
        if self._persistent is not None and self._persistent.workers:
            self._persistent.restart()
            return self._persistent
        base_seed = random_seed(self.generator)
        if not self.num_workers:
            iterator = _Iterator(self)
            return GUARDS.see.loading(self, iterator) if GUARDS.on else iterator
        from rushlight.utils.data.multiprocess import WorkerIterator

        iterator = WorkerIterator(self, base_seed)
        if self.persistent_workers:
            self._persistent = iterator
        return GUARDS.see.loading(self, iterator) if GUARDS.on else iterator

    def __len__(self):
        if self._is_stream:
            length = len(self.dataset)
            if self.batch_size is None:
                return length
            extra = 0 if self.drop_last else self.batch_size - 1
            return (length + extra) // self.batch_size
        return len(self.index_sampler)

    def __getstate__(self):
        return {**self.__dict__, "_persistent": None}


class _Iterator:
    """One pass over a loader's batches, fetched in this process."""

    def __init__(self, loader):
        self._loader = loader
        self._requests = iter(loader.index_sampler)
        self._fetch = make_fetcher(*loader.loading)

    def __iter__(self):
        return self

    def __len__(self):
        return len(self._loader)

    def __next__(self):
        return self._fetch(next(self._requests))


def _check_batching(batch_size, shuffle, sampler, batch_sampler, drop_last):
    if shuffle not in (None, True, False):
        _refuse("shuffle to be a bool", repr(shuffle), "Pass True or False.")
    if sampler is not None and shuffle:
        _refuse(
            "either sampler or shuffle",
            "both: sampler option is mutually exclusive with shuffle",
            "Leave shuffle away; the sampler decides the order.",
        )
    if batch_sampler is not None and (
        batch_size != 1 or shuffle or sampler is not None or drop_last
    ):
        _refuse(
            "batch_sampler alone",
            "batch_sampler option is mutually exclusive with batch_size, shuffle, "
            "sampler, and drop_last",
            "Give those to the batch sampler.",
        )
    if batch_size is None and drop_last:
        _refuse(
            "a batch_size where drop_last is set",
            "batch_size=None option disables auto-batching and is mutually exclusive "
            "with drop_last",
            "Set batch_size.",
        )
