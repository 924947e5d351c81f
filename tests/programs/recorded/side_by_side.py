"""Threads and processes that train side by side."""

import multiprocessing
import threading

import torch
from torch import nn


def train(seed, x, y):
    generator = torch.Generator().manual_seed(seed)
    model = nn.Linear(3, 1)
    with torch.no_grad():
        model.weight.copy_(torch.randn(1, 3, generator=generator))
        model.bias.zero_()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    for _ in range(50):
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return round(((model(x) - y) ** 2).mean().item(), 4)


def in_process(seed):
    torch.manual_seed(0)
    x = torch.randn(20, 3)
    return train(seed, x, x.sum(1, keepdim=True) + 0.5 * torch.sin(7 * x[:, :1]))


def main():
    torch.manual_seed(0)
    x = torch.randn(20, 3)
    y = x.sum(1, keepdim=True) + 0.5 * torch.sin(7 * x[:, :1])
    results = {}

    def work(seed):
        if seed % 2:
            with torch.no_grad():  # does not reach the other threads
                torch.ones(3) * 2
        results[seed] = train(seed, x, y)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("threads  ", [results[seed] for seed in range(4)])
    print("alone    ", [train(seed, x, y) for seed in range(4)])
    with multiprocessing.Pool(2) as pool:
        print("processes", pool.map(in_process, range(4)))

    shared = nn.Parameter(torch.zeros(1000))

    def add():
        for _ in range(20):
            (shared * 2).sum().backward()

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(shared.grad.unique())


if __name__ == "__main__":
    main()
