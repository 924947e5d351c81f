"""The chapter's job, as a script would write it: train, save, load, evaluate."""

from contextlib import contextmanager

import rushlight as torch
from rushlight import nn
from rushlight.utils.data import DataLoader


@contextmanager
def one_thread():
    """Matrix products this small gain little from more threads, and on a busy machine
    lose much: threads that wait for each other wait for everybody else's work.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def build():
    """The chapter's network: 784 numbers in, 128 in between, one for each class out.

    >>> build()
    Sequential(
      (0): Flatten(start_dim=1, end_dim=-1)
      (1): Linear(in_features=784, out_features=128, bias=True)
      (2): ReLU()
      (3): Linear(in_features=128, out_features=10, bias=True)
    )
    """
    return nn.Sequential(
        nn.Flatten(), nn.Linear(28 * 28, 128), nn.ReLU(), nn.Linear(128, 10)
    )


def train(model, optimizer, pictures, after_batch):
    """One pass over the pictures.

    Args:
        model, optimizer: what is trained, and how.
        pictures: a dataset.
        after_batch: called without arguments after each batch.

    Returns:
        float: the mean loss over the batches.
    """
    criterion = nn.CrossEntropyLoss()
    loader = DataLoader(pictures, batch_size=64, shuffle=True)
    model.train()
    total = 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item()
        after_batch()
    return total / len(loader)


def answers(model, pictures):
    """What the model makes of the pictures.

    Args:
        model: a module.
        pictures: a dataset.

    Returns:
        Tensor (N, 10): how likely each class is.
    """
    model.eval()
    with torch.no_grad():
        parts = [
            model(images).softmax(1)
            for images, _ in DataLoader(pictures, batch_size=500)
        ]
    return torch.cat(parts)


def accuracy(likely, pictures):
    """The share of the pictures whose most likely class is the true one.

    Args:
        likely: (N, 10), as `answers` gives it.
        pictures: a dataset of N.

    Returns:
        float in [0, 1].
    """
    return (likely.argmax(1) == pictures.targets).float().mean().item()


def save(path, model, optimizer, epochs, loss, data):
    """Save a whole checkpoint, as the chapter does.

    Args:
        path: of the file.
        model, optimizer: what is saved.
        epochs, loss: how far training went, and the last mean loss.
        data: the name of what it learned from.
    """
    checkpoint = {
        "epoch": epochs,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "loss": loss,
        "data": data,
    }
    torch.save(checkpoint, path)


def load(path):
    """A fresh model with the checkpoint's numbers.

    Args:
        path: of the file.

    Returns:
        A module.
    """
    model = build()
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model_state_dict"])
    return model
