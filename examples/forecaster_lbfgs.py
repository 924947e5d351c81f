"""Forecast a wave with LSTM cells and LBFGS.

Lesson: LBFGS calls a closure several times in a step, because it looks along a line;
after training the network continues the wave from its own answers.
"""

import math

import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.width = width
        self.one, self.two = nn.LSTMCell(1, width), nn.LSTMCell(width, width)
        self.head = nn.Linear(width, 1)

    def forward(self, waves, future=0):
        h1 = c1 = h2 = c2 = waves.new_zeros(waves.size(0), self.width)
        answers = []
        for value in waves.split(1, dim=1):
            h1, c1 = self.one(value, (h1, c1))
            h2, c2 = self.two(h1, (h2, c2))
            answers.append(self.head(h2))
        for _ in range(future):
            h1, c1 = self.one(answers[-1], (h1, c1))
            h2, c2 = self.two(h1, (h2, c2))
            answers.append(self.head(h2))
        return torch.cat(answers, dim=1)


torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
phase = torch.rand(12, 1) * 2 * math.pi
waves = torch.sin(torch.arange(60) / 4 + phase)
model, criterion = Forecaster(), nn.MSELoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.8, max_iter=8)
calls = 0


def closure():
    global calls
    calls += 1
    optimizer.zero_grad()
    loss = criterion(model(waves[2:, :-1]), waves[2:, 1:])
    loss.backward()
    return loss


for step in range(5):
    loss = optimizer.step(closure)
    with torch.no_grad():
        test = criterion(model(waves[:2, :-1]), waves[:2, 1:])
    print(f"step {step}: loss {loss.item():.6f}, test {test.item():.6f}, {calls} calls")
with torch.no_grad():
    later = model(waves[:1, :-1], future=5)[0, -6:]
print("forecast", " ".join(f"{value:+.4f}" for value in later))
