"""Two networks against each other: points on a ring.

Lesson: each loss must reach one network only.  The generator's output is detached for
the discriminator's step, and each optimizer clears its own network's gradients.
"""

import math

import torch
import torch.nn as nn

torch.manual_seed(1)


def ring(count):
    angle = torch.rand(count) * 2 * math.pi
    points = torch.stack([angle.cos(), angle.sin()], dim=1)
    return 2 * points + 0.05 * torch.randn(count, 2)


def network(*sizes):
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])


generator, critic = network(8, 32, 32, 2), network(2, 32, 32, 1)
steps_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
steps_c = torch.optim.Adam(critic.parameters(), lr=1e-3, betas=(0.5, 0.999))
criterion = nn.BCEWithLogitsLoss()
real_label, fake_label = torch.ones(64, 1), torch.zeros(64, 1)

for step in range(1, 151):
    fake = generator(torch.randn(64, 8))

    steps_c.zero_grad()
    loss_c = criterion(critic(ring(64)), real_label)
    loss_c = loss_c + criterion(critic(fake.detach()), fake_label)
    loss_c.backward()
    steps_c.step()

    steps_g.zero_grad()
    loss_g = criterion(critic(fake), real_label)
    loss_g.backward()
    steps_g.step()

    if step % 25 == 0:
        print(f"step {step}: critic {loss_c.item():.4f}, generator {loss_g.item():.4f}")

with torch.no_grad():
    radius = generator(torch.randn(256, 8)).norm(dim=1)
print(f"radius {radius.mean().item():.3f} +- {radius.std().item():.3f}")
