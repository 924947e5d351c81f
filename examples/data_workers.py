"""Feeding a network: datasets of three kinds, workers, samplers, own collation.

Lesson: what a DataLoader asks of a dataset, how worker processes share an iterable
dataset without reading things twice, and how rare classes are drawn more often.
"""

import torch
from torch import nn
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    WeightedRandomSampler,
    get_worker_info,
)


class Sentences(Dataset):
    """Sequences of different lengths; the label says which half of the numbers."""

    def __init__(self, count, seed):
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(2, 9, (count,), generator=generator)
        self.rows, self.labels = (
            [],
            (torch.rand(count, generator=generator) < 0.2).long(),
        )
        for length, label in zip(lengths.tolist(), self.labels.tolist()):
            tokens = torch.randint(1, 6, (length,), generator=generator)
            self.rows.append(tokens + 5 * label)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index], self.labels[index]


class Stream(IterableDataset):
    """Numbers up to an end; each worker takes its share."""

    def __init__(self, end):
        self.end = end

    def __iter__(self):
        worker = get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        return iter(range(first, self.end, step))


def collate(items):
    rows, labels = zip(*items)
    offsets = torch.tensor([0] + [len(row) for row in rows]).cumsum(0)[:-1]
    return torch.cat(rows), offsets, torch.stack(labels)


def main():
    torch.manual_seed(0)
    data = ConcatDataset([Sentences(200, 1), Subset(Sentences(100, 2), range(40))])
    labels = torch.stack([data[i][1] for i in range(len(data))])
    counts = torch.bincount(labels)
    print("classes", counts.tolist())
    sampler = WeightedRandomSampler((1.0 / counts)[labels], num_samples=256)

    net = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    bag = nn.EmbeddingBag(11, 8, mode="mean")
    optimizer = torch.optim.Adagrad([*bag.parameters(), *net.parameters()], lr=0.1)
    for workers in (0, 2):
        loader = DataLoader(
            data,
            batch_size=32,
            sampler=sampler,
            collate_fn=collate,
            num_workers=workers,
        )
        seen, total = torch.zeros(2), 0.0
        for tokens, offsets, target in loader:
            loss = nn.functional.cross_entropy(net(bag(tokens, offsets)), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen += torch.bincount(target, minlength=2)
            total += loss.item()
        print(
            f"{workers} workers: loss {total / len(loader):.4f}, drawn {seen.tolist()}"
        )

    for batch in DataLoader(Stream(12), batch_size=3, num_workers=2):
        print(batch.tolist())


if __name__ == "__main__":
    main()
