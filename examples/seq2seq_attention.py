"""Sequence to sequence with attention: write dates in one form.

Lesson: a GRU encoder, a decoder cell that looks back by attention, teacher forcing in
training and greedy decoding in use.
"""

import random

import torch
from torch import nn
from torch.nn import functional as F

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
LETTERS = ["<pad>", "<go>"] + sorted(set("0123456789 -/" + "".join(MONTHS)))
NUMBER = {letter: i for i, letter in enumerate(LETTERS)}


def example():
    day, month, year = (
        random.randint(1, 28),
        random.randint(1, 12),
        random.randint(10, 29),
    )
    source = random.choice(
        [
            f"{day} {MONTHS[month - 1]} {year}",
            f"{month}/{day}/{year}",
            f"{MONTHS[month - 1]} {day} {year}",
        ]
    )
    return source, f"{year:02d}-{month:02d}-{day:02d}"


def tensor(texts):
    rows = [torch.tensor([NUMBER[c] for c in text]) for text in texts]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)


class Translator(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.embed = nn.Embedding(len(LETTERS), 16, padding_idx=0)
        self.encoder = nn.GRU(16, width, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * width, width)
        self.keys = nn.Linear(2 * width, width, bias=False)
        self.cell = nn.GRUCell(16 + 2 * width, width)
        self.head = nn.Linear(3 * width, len(LETTERS))

    def forward(self, source, target=None, length=8):
        memory, last = self.encoder(self.embed(source))
        state = torch.tanh(self.bridge(torch.cat([last[0], last[1]], 1)))
        keys, empty = self.keys(memory), source.eq(0)
        letter = torch.full((len(source),), NUMBER["<go>"])
        context = memory.new_zeros(len(source), memory.size(2))
        scores = []
        for place in range(length):
            state = self.cell(torch.cat([self.embed(letter), context], 1), state)
            match = torch.bmm(keys, state.unsqueeze(2)).squeeze(2)
            share = F.softmax(match.masked_fill(empty, -1e9), dim=1)
            context = torch.bmm(share.unsqueeze(1), memory).squeeze(1)
            scores.append(self.head(torch.cat([state, context], 1)))
            letter = target[:, place] if target is not None else scores[-1].argmax(1)
        return torch.stack(scores, 1)


random.seed(0)
torch.manual_seed(0)
model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(1, 81):
    sources, targets = zip(*[example() for _ in range(32)])
    source, target = tensor(sources), tensor(targets)
    scores = model(source, target)
    loss = F.cross_entropy(scores.flatten(0, 1), target.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(f"step {step}: loss {loss.item():.4f}")
with torch.no_grad():
    for _ in range(3):
        source, target = example()
        letters = model(tensor([source])).argmax(2)[0]
        print(f"{source!r} -> {''.join(LETTERS[i] for i in letters)} ({target})")
