"""Word embeddings by skip-gram with negative sampling.

Lesson: instead of a softmax over all words, tell a real neighbour from a few random
words, drawn by their counts to the power 3/4.
"""

from collections import Counter

import torch
from torch import nn
from torch.nn import functional as F

SENTENCES = [
    f"the {adjective} {animal} {verb} the {food}"
    for adjective, animal in zip(
        "big small old young big old".split(), "cat dog cow cat dog cow".split()
    )
    for verb in ("eats", "likes", "wants")
    for food in ("fish", "bone", "grass")
] + [
    f"the {adjective} {person} {verb} the {thing}"
    for adjective, person in zip(
        "rich poor old young rich young".split(),
        "king queen child king queen child".split(),
    )
    for verb in ("buys", "likes", "wants")
    for thing in ("house", "crown", "horse")
]


class SkipGram(nn.Module):
    def __init__(self, words, size):
        super().__init__()
        self.center = nn.Embedding(words, size)
        self.context = nn.Embedding(words, size)
        nn.init.uniform_(self.center.weight, -0.5 / size, 0.5 / size)
        nn.init.zeros_(self.context.weight)

    def forward(self, center, context, others):
        v = self.center(center)
        real = (v * self.context(context)).sum(1)
        false = torch.bmm(self.context(others), v.unsqueeze(2)).squeeze(2)
        return -(F.logsigmoid(real) + F.logsigmoid(-false).sum(1)).mean()


torch.manual_seed(0)
texts = [sentence.split() for sentence in SENTENCES]
counts = Counter(word for text in texts for word in text)
words = sorted(counts)
number = {word: i for i, word in enumerate(words)}
pairs = torch.tensor(
    [
        (number[word], number[text[j]])
        for text in texts
        for i, word in enumerate(text)
        for j in range(max(0, i - 2), min(len(text), i + 3))
        if i != j
    ]
)
weights = torch.tensor([counts[word] for word in words]).float() ** 0.75
print(f"{len(words)} words, {len(pairs)} pairs")

model = SkipGram(len(words), 12)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(6):
    total = 0.0
    for batch in pairs[torch.randperm(len(pairs))].split(128):
        others = torch.multinomial(weights, len(batch) * 4, replacement=True)
        loss = model(batch[:, 0], batch[:, 1], others.view(-1, 4))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    print(f"epoch {epoch}: loss {total / len(pairs):.4f}")

table = F.normalize(model.center.weight.detach(), dim=1)
for word in ("cat", "king", "eats"):
    near = (table @ table[number[word]]).topk(4)
    shown = [f"{words[i]} {s:.2f}" for s, i in zip(near.values, near.indices)][1:]
    print(word, "->", ", ".join(shown))
