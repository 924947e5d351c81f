"""Diffusion on points of two spirals: learn to take noise away.

Lesson: training needs one random step of the noising process, sampling walks all of
them back; a sinusoidal embedding tells the network how noisy its input is.
"""

import math

import torch
from torch import nn


def spirals(count):
    t = torch.sqrt(torch.rand(count)) * 3 * math.pi
    sign = torch.randint(0, 2, (count,)) * 2 - 1
    points = torch.stack([t * torch.cos(t), t * torch.sin(t)], 1) * sign[:, None]
    return points / 6 + 0.02 * torch.randn(count, 2)


class Denoiser(nn.Module):
    def __init__(self, width=64, steps=40):
        super().__init__()
        rates = torch.exp(-torch.arange(8) * math.log(100.0) / 8)
        angles = torch.arange(steps)[:, None] * rates
        self.register_buffer("times", torch.cat([angles.sin(), angles.cos()], 1))
        self.net = nn.Sequential(
            nn.Linear(2 + 16, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, 2),
        )

    def forward(self, x, t):
        return self.net(torch.cat([x, self.times[t]], dim=1))


torch.manual_seed(0)
steps = 40
beta = torch.linspace(1e-4, 0.2, steps)
alpha = 1 - beta
kept = torch.cumprod(alpha, 0)

data = spirals(1000)
model = Denoiser(steps=steps)
ema = torch.optim.swa_utils.AveragedModel(
    model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.95)
)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step in range(1, 201):
    x = data[torch.randint(0, len(data), (128,))]
    t = torch.randint(0, steps, (128,))
    noise = torch.randn_like(x)
    spoiled = kept[t].sqrt()[:, None] * x + (1 - kept[t]).sqrt()[:, None] * noise
    loss = nn.functional.mse_loss(model(spoiled, t), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ema.update_parameters(model)
    if step % 40 == 0:
        print(f"step {step}: loss {loss.item():.4f}")


@torch.no_grad()
def sample(net, count):
    x = torch.randn(count, 2)
    for t in reversed(range(steps)):
        noise = net(x, torch.full((count,), t))
        x = (x - beta[t] / (1 - kept[t]).sqrt() * noise) / alpha[t].sqrt()
        if t:
            x = x + beta[t].sqrt() * torch.randn_like(x)
    return x


for name, net in (("model", model), ("average", ema)):
    points = sample(net, 200)
    distance = torch.cdist(points, data).amin(1)
    print(f"{name}: mean distance to the spirals {distance.mean().item():.3f}")
