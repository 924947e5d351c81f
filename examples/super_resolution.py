"""Super-resolution with PixelShuffle: four small pixels from each large one.

Lesson: the network works at low resolution and makes r * r channels at the end, which
PixelShuffle lays out as an r times larger picture; cheap, and without checkerboards.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


def pictures(count, size=16):
    """Smooth random pictures: a few waves added."""
    y, x = torch.meshgrid(
        torch.linspace(0, 1, size), torch.linspace(0, 1, size), indexing="ij"
    )
    total = torch.zeros(count, 1, size, size)
    for _ in range(3):
        fx, fy, phase = (torch.rand(count, 1, 1, 1) * s for s in (12, 12, 6.28))
        total += torch.sin(fx * x + fy * y + phase)
    return total / 3


class Upscaler(nn.Module):
    def __init__(self, factor=2, width=16):
        super().__init__()
        self.first = nn.Conv2d(1, width, 5, padding=2)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.last = nn.Conv2d(width, factor**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(factor)
        for layer in (self.first, self.second):
            nn.init.orthogonal_(layer.weight, nn.init.calculate_gain("relu"))
        nn.init.orthogonal_(self.last.weight)

    def forward(self, x):
        x = F.relu(self.first(x))
        x = F.relu(self.second(x))
        return self.shuffle(self.last(x))


def ratio(found, wanted):
    """Peak signal-to-noise ratio, in decibels."""
    return 10 * torch.log10(4 / F.mse_loss(found, wanted))


torch.manual_seed(123)
large = pictures(96)
small = F.avg_pool2d(large, 2)
model = Upscaler()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
loss_of = nn.MSELoss()
for epoch in range(8):
    for index in torch.randperm(len(large)).split(16):
        optimizer.zero_grad()
        loss = loss_of(model(small[index]), large[index])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.5f}")
with torch.no_grad():
    plain = F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
    print(f"bilinear {ratio(plain, large).item():.2f} dB, ", end="")
    print(f"network {ratio(model(small), large).item():.2f} dB")
