"""Fetchers: from what a sampler gives to a batch, in this process or in a worker."""

from rushlight.utils.data.collate import default_collate
from rushlight.utils.data.dataset import IterableDataset, batch_getter, fetch_items


def make_fetcher(dataset, batched, collate_fn, drop_last):
    """A function from the sampler's item (indices, an index, or a count) to a batch.

    Args:
        dataset: what to read.
        batched: whether the sampler gives lists.
        collate_fn: makes the batch.
        drop_last: for streams: leave out a last batch that is not full.

    Returns:
        A function; it raises StopIteration at the end of a stream.
    """
    if isinstance(dataset, IterableDataset):
        return _Stream(dataset, batched, collate_fn, drop_last)
    if not batched:
        return lambda index: collate_fn(dataset[index])
    if collate_fn is default_collate:
        getbatch = batch_getter(dataset)
        if getbatch is not None:
            return getbatch
    return lambda indices: collate_fn(fetch_items(dataset, indices))


class _Stream:
    """Batches from a stream: the sampler only says how many items."""

    def __init__(self, dataset, batched, collate_fn, drop_last):
        self.items = iter(dataset)
        self.batched, self.collate_fn, self.drop_last = batched, collate_fn, drop_last
        self.ended = False

    def __call__(self, wanted):
        if self.ended:
            raise StopIteration
        if not self.batched:
            return self.collate_fn(next(self.items))
        items = []
        for _ in wanted:
            try:
                items.append(next(self.items))
            except StopIteration:
                self.ended = True
                break
        if not items or (self.drop_last and len(items) < len(wanted)):
            raise StopIteration
        return self.collate_fn(items)
