"""A transformer that sorts, with a warm-up schedule.

Lesson: nn.Transformer with its masks, and LambdaLR: the rate rises for some steps, then
falls with the root of their number, as in "Attention Is All You Need".
"""

import math

import torch
from torch import nn

END, LENGTH, WORDS = 1, 6, 12


class Places(nn.Module):
    """Sines and cosines of the place, added to the embeddings."""

    def __init__(self, width, longest=32):
        super().__init__()
        place = torch.arange(longest).unsqueeze(1)
        rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(longest, width)
        table[:, 0::2], table[:, 1::2] = (
            torch.sin(place * rate),
            torch.cos(place * rate),
        )
        self.register_buffer("table", table)

    def forward(self, x):
        return x + self.table[: x.size(1)]


class Sorter(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.width = width
        self.embed = nn.Embedding(WORDS, width)
        self.places = Places(width)
        self.transformer = nn.Transformer(
            width, 4, 1, 1, dim_feedforward=64, dropout=0.0, batch_first=True
        )
        self.head = nn.Linear(width, WORDS)

    def forward(self, source, target):
        mask = self.transformer.generate_square_subsequent_mask(target.size(1))
        source = self.places(self.embed(source) * math.sqrt(self.width))
        target = self.places(self.embed(target) * math.sqrt(self.width))
        out = self.transformer(source, target, tgt_mask=mask, tgt_is_causal=True)
        return self.head(out)


def batch(count):
    source = torch.randint(2, WORDS, (count, LENGTH))
    end = torch.full((count, 1), END)
    return source, torch.cat([end, source.sort(dim=1).values], 1)


torch.manual_seed(0)
model = Sorter()
optimizer = torch.optim.Adam(model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-8)
schedule = torch.optim.lr_scheduler.LambdaLR(
    optimizer,
    lambda step: (
        0.1 * model.width**-0.5 * min((step + 1) ** -0.5, (step + 1) * 30**-1.5)
    ),
)
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
for step in range(1, 61):
    source, target = batch(48)
    scores = model(source, target[:, :-1])
    loss = criterion(scores.reshape(-1, WORDS), target[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    schedule.step()
    if step % 15 == 0:
        rate = schedule.get_last_lr()[0]
        print(f"step {step}: loss {loss.item():.4f}, rate {rate:.6f}")

model.eval()
with torch.no_grad():
    source, target = batch(3)
    written = target[:, :1]
    for _ in range(LENGTH):
        written = torch.cat([written, model(source, written)[:, -1:].argmax(-1)], 1)
for question, answer in zip(source.tolist(), written[:, 1:].tolist()):
    print(question, "->", answer)
