"""Classify noisy pictures of shapes, with flags, checkpoints and resuming.

    rushlight run examples/image_classifier.py --epochs 4 --checkpoint net.pt
    rushlight run examples/image_classifier.py --epochs 6 --checkpoint net.pt --resume

Lesson: a training state is more than weights.  The optimizer's averages, the epoch and
the generator's state are saved too, so that a resumed run ends where a whole one does.
"""

import argparse
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def shapes(count):
    """Pictures (count, 1, 12, 12) of a bar, a column, a frame or a cross, in noise."""
    labels = torch.randint(0, 4, (count,))
    images = torch.zeros(count, 1, 12, 12)
    places = torch.randint(2, 7, (count, 2))
    for image, label, (row, column) in zip(images, labels, places.tolist()):
        part = image[0, row : row + 5, column : column + 5]
        if label == 0:
            part[2] = 1
        elif label == 1:
            part[:, 2] = 1
        elif label == 2:
            part[[0, -1]] = 1
            part[:, [0, -1]] = 1
        else:
            part[2] = 1
            part[:, 2] = 1
    return images + 0.3 * torch.randn(images.shape), labels


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        # A bias before a norm does nothing, and Adam would let it drift.
        self.conv1 = nn.Conv2d(1, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(2 * width * 9, 4)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.head(self.drop(x.flatten(1)))


def train(model, loader, optimizer, device):
    model.train()
    total = 0.0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
    return total / len(loader.dataset)


@torch.no_grad()
def test(model, loader, device):
    model.eval()
    right = 0
    for images, labels in loader:
        scores = model(images.to(device))
        right += (scores.argmax(1).cpu() == labels).sum().item()
    return right / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader = DataLoader(
        TensorDataset(*shapes(512)), batch_size=args.batch_size, shuffle=True
    )
    test_loader = DataLoader(TensorDataset(*shapes(256)), batch_size=128)
    model = Net(args.width).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    print(f"{sum(p.numel() for p in model.parameters())} parameters")

    start = 0
    if args.resume and os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        start = state["epoch"]
        print(f"resumed after epoch {start}")
    for epoch in range(start, args.epochs):
        loss = train(model, train_loader, optimizer, device)
        accuracy = test(model, test_loader, device)
        print(f"epoch {epoch + 1}: loss {loss:.4f}, test accuracy {accuracy:.3f}")
        if args.checkpoint:
            state = {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "random": torch.get_rng_state(),
                "epoch": epoch + 1,
            }
            torch.save(state, args.checkpoint)


if __name__ == "__main__":
    main()
