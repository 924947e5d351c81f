"""A variational autoencoder that learns to draw stripes.

Lesson: the reparametrisation trick.  A sample is written as mean + deviation * noise,
so that gradients reach mean and deviation through it.
"""

import torch
from torch import nn
from torch.nn import functional as F


class VAE(nn.Module):
    def __init__(self, pixels=64, hidden=64, latent=4):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.mean = nn.Linear(hidden, latent)
        self.log_variance = nn.Linear(hidden, latent)
        self.decode = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels)
        )

    def forward(self, x):
        h = self.encode(x)
        mean, log_variance = self.mean(h), self.log_variance(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decode(z), mean, log_variance


def stripes(count):
    """Pictures (count, 64) of waves with random direction and phase, in [0, 1]."""
    angle = torch.rand(count, 1, 1) * 3.14159
    phase = torch.rand(count, 1, 1) * 6.28318
    y, x = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    waves = torch.sin(x * torch.cos(angle) + y * torch.sin(angle) + phase)
    return (0.5 + 0.5 * waves).flatten(1)


def loss_of(scores, x, mean, log_variance):
    picture = F.binary_cross_entropy_with_logits(scores, x, reduction="sum")
    distance = -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum()
    return picture / len(x), distance / len(x)


torch.manual_seed(0)
data = stripes(512)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    order = torch.randperm(len(data))
    for batch in data[order].split(64):
        scores, mean, log_variance = model(batch)
        picture, distance = loss_of(scores, batch, mean, log_variance)
        loss = picture + distance
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    print(
        f"epoch {epoch}: picture {picture.item():.4f}, distance {distance.item():.4f}"
    )

model.eval()
with torch.no_grad():
    drawn = torch.sigmoid(model.decode(torch.randn(2, 4)))
for row in drawn[0].view(8, 8):
    print("".join(" .:-=+*#%@"[int(value * 9.99)] for value in row))
