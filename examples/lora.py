"""LoRA: adapt a saved GPT by small matrices beside its large ones.

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


class Block(nn.Module):
    """Attention to what came before, then a small network."""

    def __init__(self, width):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend = nn.Linear(width, 3 * width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        q, k, v = self.attend(self.first(x)).chunk(3, -1)
        x = x + nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return x + self.down(nn.functional.gelu(self.up(self.second(x))))


class GPT(nn.Module):
    """The next of sixteen letters, at each place of a line."""

    def __init__(self, width=24, length=8):
        super().__init__()
        self.letters, self.places = nn.Embedding(16, width), nn.Embedding(length, width)
        self.body = nn.Sequential(Block(width), Block(width), nn.LayerNorm(width))
        self.head = nn.Linear(width, 16, bias=False)

    def forward(self, x):
        return self.head(self.body(self.letters(x) + self.places.weight))


def text(step, count=600):
    """A text that counts in steps, with some noise."""
    letters = torch.arange(count) * step % 16
    wrong = torch.rand(count) < 0.05
    letters[wrong] = torch.randint(0, 16, (int(wrong.sum()),))
    lines = letters.unfold(0, 9, 1)
    return lines[:, :-1], lines[:, 1:]


def fit(model, x, y, rounds, lr):
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr)
    for _ in range(rounds):
        rows = torch.randint(0, len(x), (32,))
        loss = nn.functional.cross_entropy(model(x[rows]).mT, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item(), sum(p.numel() for p in trained)


torch.manual_seed(0)
folder = tempfile.mkdtemp()
model = GPT()
loss, count = fit(model, *text(3), 150, 5e-3)
print(f"trained: loss {loss:.4f}, {count} parameters")
torch.save(model.state_dict(), os.path.join(folder, "gpt.pt"))

model = GPT()
print(model.load_state_dict(torch.load(os.path.join(folder, "gpt.pt"))))
model.requires_grad_(False)
for block in model.body[:2]:
    block.attend, block.up = LoRA(block.attend), LoRA(block.up)
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
for block in model.body[:2]:
    block.attend, block.up = block.attend.merged(), block.up.merged()
print("merged the same:", torch.allclose(before, model(x), atol=1e-5))
