"""LoRA: adapt a trained network by small matrices beside its large ones.

Lesson: freeze, add parameters, save only these (strict=False loads them), and fold
them into the weights in the end.
"""

import os
import tempfile

import torch
from torch import nn


class LoRA(nn.Module):
    """A linear layer and a correction of low rank, zero at first."""

    def __init__(self, linear, rank=2, alpha=4):
        super().__init__()
        self.linear = linear
        self.A = nn.Parameter(torch.empty(rank, linear.in_features))
        self.B = nn.Parameter(torch.zeros(linear.out_features, rank))
        self.scale = alpha / rank
        nn.init.kaiming_uniform_(self.A, a=5**0.5)

    def forward(self, x):
        return self.linear(x) + self.scale * (x @ self.A.T @ self.B.T)

    def merged(self):
        self.linear.weight.data += self.scale * self.B.data @ self.A.data
        return self.linear


class Writer(nn.Module):
    """The next of sixteen letters, by an embedding of the last four."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(16, 12)
        self.body = nn.ModuleDict({"up": nn.Linear(48, 64), "down": nn.Linear(64, 32)})
        self.head = nn.Linear(32, 16)

    def forward(self, x):
        h = torch.relu(self.body["up"](self.embed(x).flatten(1)))
        return self.head(torch.relu(self.body["down"](h)))


def text(step, count=600):
    """A text that counts in steps, with some noise."""
    letters = torch.arange(count) * step % 16
    wrong = torch.rand(count) < 0.05
    letters[wrong] = torch.randint(0, 16, (int(wrong.sum()),))
    return letters.unfold(0, 4, 1)[:-1], letters[4:]


def fit(model, x, y, rounds, lr):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr)
    for _ in range(rounds):
        rows = torch.randint(0, len(x), (64,))
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), sum(p.numel() for p in trained)


torch.manual_seed(0)
folder = tempfile.mkdtemp()
model = Writer()
loss, count = fit(model, *text(3), 150, 5e-3)
print(f"trained: loss {loss:.4f}, {count} parameters")
torch.save(model.state_dict(), os.path.join(folder, "writer.pt"))

model = Writer()
print(model.load_state_dict(torch.load(os.path.join(folder, "writer.pt"))))
model.requires_grad_(False)
for name in model.body:
    model.body[name] = LoRA(model.body[name])
loss, count = fit(model, *text(5), 150, 1e-2)
print(f"adapted: loss {loss:.4f}, {count} parameters")

small = {k: v for k, v in model.state_dict().items() if k.endswith((".A", ".B"))}
torch.save(small, os.path.join(folder, "lora.pt"))
for name, value in torch.load(os.path.join(folder, "lora.pt")).items():
    print(name, tuple(value.shape), f"{value.norm().item():.3f}")
report = model.load_state_dict(small, strict=False)
print(len(report.missing_keys), "kept,", len(report.unexpected_keys), "unexpected")

x, y = text(5)
before = model(x)
for name in model.body:
    model.body[name] = model.body[name].merged()
print("merged the same:", torch.allclose(before, model(x), atol=1e-5))
