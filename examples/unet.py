"""A U-Net finds discs in noise, pixel by pixel.

Lesson: details skip over the narrow middle by concatenation; Dice loss compares whole
shapes where few pixels are inside.
"""

import torch
import torch.nn as nn


def discs(count, size=16):
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    masks = torch.zeros(count, 1, size, size)
    for mask in masks:
        for _ in range(2):
            cy, cx = torch.randint(3, size - 3, (2,))
            radius = torch.randint(2, 4, ())
            mask[0] = torch.maximum(
                mask[0], ((y - cy) ** 2 + (x - cx) ** 2 <= radius**2).float()
            )
    return masks + 0.5 * torch.randn_like(masks), masks


class Twice(nn.Sequential):
    def __init__(self, before, after):
        super().__init__(
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.GroupNorm(2, after),
            nn.ReLU(inplace=True),
            nn.Conv2d(after, after, 3, padding=1),
            nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.down1, self.down2 = Twice(1, width), Twice(width, 2 * width)
        self.middle = Twice(2 * width, 4 * width)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(4 * width, 2 * width, 2, stride=2)
        self.after2 = Twice(4 * width, 2 * width)
        self.up1 = nn.Upsample(scale_factor=2, mode="nearest")
        self.after1 = Twice(3 * width, width)
        self.head = nn.Conv2d(width, 1, 1)

    def forward(self, x):
        one = self.down1(x)
        two = self.down2(self.pool(one))
        x = self.middle(self.pool(two))
        x = self.after2(torch.cat([self.up2(x), two], dim=1))
        x = self.after1(torch.cat([self.up1(x), one], dim=1))
        return self.head(x)


def dice(scores, masks, smooth=1.0):
    inside = scores.sigmoid()
    common = (inside * masks).sum((1, 2, 3))
    both = inside.sum((1, 2, 3)) + masks.sum((1, 2, 3))
    return 1 - ((2 * common + smooth) / (both + smooth)).mean()


torch.manual_seed(0)
images, masks = discs(96)
model = UNet()
print(f"{sum(p.numel() for p in model.parameters())} parameters")
optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3, eps=1e-5)
entropy = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))
for epoch in range(3):
    for rows in torch.randperm(80).split(16):
        scores = model(images[rows])
        loss = entropy(scores, masks[rows]) + dice(scores, masks[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        found = model(images[80:]) > 0
    wanted = masks[80:].bool()
    overlap = (found & wanted).sum() / (found | wanted).sum()
    print(f"epoch {epoch}: loss {loss.item():.3f}, overlap {overlap.item():.2f}")
