"""A Vision Transformer: patches of a picture as words.

Lesson: a strided convolution cuts and embeds patches at once; nn.TransformerEncoder
does the rest, and a class token collects the answer.
"""

import torch
from torch import nn


class ViT(nn.Module):
    def __init__(self, image=12, patch=4, width=32, layers=2, heads=4, classes=3):
        super().__init__()
        self.patches = nn.Conv2d(1, width, kernel_size=patch, stride=patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(
            torch.randn(1, (image // patch) ** 2 + 1, width) * 0.02
        )
        layer = nn.TransformerEncoderLayer(
            width,
            heads,
            dim_feedforward=64,
            dropout=0.1,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, classes))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.places
        return self.head(self.encoder(x)[:, 0])


def gratings(count):
    """Stripes along, across, or both, at random scale and phase."""
    label = torch.randint(0, 3, (count,))
    line = torch.arange(12.0)
    scale, phase = 0.8 + torch.rand(count, 1), 6.28 * torch.rand(count, 1)
    wave = torch.sin(line * scale + phase)
    along, across = wave[:, None, :], wave[:, :, None]
    images = torch.stack([along + 0 * across, across + 0 * along, along * across], 1)
    images = images[torch.arange(count), label].unsqueeze(1)
    return images + 0.3 * torch.randn_like(images), label


torch.manual_seed(0)
images, labels = gratings(384)
model = ViT()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.05)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
for epoch in range(4):
    model.train()
    for rows in torch.randperm(320).split(32):
        loss = criterion(model(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = (model(images[320:]).argmax(1) == labels[320:]).float().mean()
    print(f"epoch {epoch}: loss {loss.item():.4f}, right {right.item():.3f}")
