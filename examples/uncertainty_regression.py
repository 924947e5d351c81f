"""Regression that knows how sure it is.

Lesson: two kinds of doubt.  The noise of the data is predicted (GaussianNLLLoss); the
doubt of the network shows when dropout stays on and answers differ.
"""

import torch
from torch import nn

torch.manual_seed(0)
x = torch.cat([torch.rand(120, 1) * 2 - 3, torch.rand(120, 1) * 2 + 1])
noise = 0.05 + 0.2 * (x > 0)
y = torch.sin(x) + noise * torch.randn_like(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(1, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 64), nn.ReLU()
        )
        self.drop = nn.Dropout(0.1)
        self.mean, self.variance = nn.Linear(64, 1), nn.Linear(64, 1)

    def forward(self, x):
        h = self.drop(self.body(x))
        return self.mean(h), nn.functional.softplus(self.variance(h)) + 1e-4


net, criterion = Net(), nn.GaussianNLLLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(1, 121):
    mean, variance = net(x)
    loss = criterion(mean, y, variance)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        print(f"step {step}: loss {loss.item():.4f}")

points = torch.tensor([[-2.0], [0.0], [2.0], [6.0]])
with torch.no_grad():
    answers = [net(points) for _ in range(50)]  # still in training mode: dropout is on
    means = torch.stack([mean for mean, _ in answers])
    variance = torch.stack([variance for _, variance in answers]).mean(0)
for point, mean, data, doubt in zip(
    points.flatten(),
    means.mean(0).flatten(),
    variance.sqrt().flatten(),
    means.std(0).flatten(),
):
    print(f"x {point:+.1f}: {mean:+.3f}, noise {data:.3f}, doubt {doubt:.3f}")
