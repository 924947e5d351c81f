"""A mixture density network: several answers to one question.

Lesson: where y has several values for one x, predict a distribution.  logsumexp keeps
the sum of probabilities from under- and overflowing.
"""

import math

import torch
from torch import nn


class MixtureDensity(nn.Module):
    def __init__(self, hidden=24, parts=4):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, hidden), nn.Tanh())
        self.weight = nn.Linear(hidden, parts)
        self.mean = nn.Linear(hidden, parts)
        self.log_scale = nn.Linear(hidden, parts)

    def forward(self, x):
        h = self.body(x)
        return self.weight(h).log_softmax(-1), self.mean(h), self.log_scale(h)


def log_likelihood(y, log_weight, mean, log_scale):
    z = (y - mean) * torch.exp(-log_scale)
    parts = -0.5 * z**2 - log_scale - 0.5 * math.log(2 * math.pi)
    return torch.logsumexp(log_weight + parts, dim=-1)


torch.manual_seed(2)
y = torch.rand(512, 1) * 2 - 1
x = y + 0.3 * torch.sin(2 * math.pi * y) + 0.05 * torch.randn(512, 1)

model = MixtureDensity()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(1, 101):
    loss = -log_likelihood(y, *model(x)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 25 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

with torch.no_grad():
    log_weight, mean, log_scale = model(torch.tensor([[0.0]]))
    order = mean[0].argsort()
    for i in order:
        weight, scale = log_weight[0, i].exp(), log_scale[0, i].exp()
        print(f"weight {weight:.3f}  mean {mean[0, i]:+.3f}  scale {scale:.3f}")
