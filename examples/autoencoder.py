"""A denoising autoencoder with strided and transposed convolutions.

Lesson: the input is spoiled, the target is not; and ConvTranspose2d's output_padding
gives back the size that the stride rounded away.
"""

import torch
from torch import nn

torch.manual_seed(0)


def squares(count, size=14):
    images = torch.zeros(count, 1, size, size)
    corners = torch.randint(0, 8, (count, 2))
    sides = torch.randint(3, 7, (count,))
    for i in range(count):
        (top, left), side = corners[i].tolist(), sides[i].item()
        images[i, 0, top : top + side, left : left + side] = 1.0
    return images


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1),
            nn.ELU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1),
            nn.ELU(),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1),
            nn.ELU(),
            nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


images = squares(256)
model = Autoencoder()
print(model.encoder(images[:1]).shape, model(images[:1]).shape)
optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3)
criterion = nn.BCELoss()
for epoch in range(6):
    total = 0.0
    for batch in images[torch.randperm(256)].chunk(8):
        spoiled = (batch + 0.4 * torch.randn_like(batch)).clamp(0, 1)
        loss = criterion(model(spoiled), batch)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch}: loss {total / 8:.4f}")
for row in model(images[:1])[0, 0].detach().round().int().tolist()[::2]:
    print(" ".join(".#"[value] for value in row))
