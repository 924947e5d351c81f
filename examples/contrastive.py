"""Contrastive learning without labels: two views of one thing belong together.

Lesson: the NT-Xent loss is a cross entropy over a batch's similarities, with the
diagonal masked; a linear probe then shows what the features know.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
directions = F.normalize(torch.randn(4, 20), dim=1)
kind = torch.randint(0, 4, (400,))
data = 3 * directions[kind] + 0.5 * torch.randn(400, 20)


def view(x):
    """Some values are lost, others trembled."""
    keep = torch.rand_like(x) > 0.2
    return (x + 0.2 * torch.randn_like(x)) * keep


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(20, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.head = nn.Linear(32, 16)

    def forward(self, x):
        return self.head(self.body(x))


def nt_xent(one, two, temperature=0.5):
    z = F.normalize(torch.cat([one, two]), dim=1)
    similar = z @ z.T / temperature
    similar.fill_diagonal_(float("-inf"))
    count = len(one)
    partner = torch.cat([torch.arange(count) + count, torch.arange(count)])
    return F.cross_entropy(similar, partner)


model = Encoder()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(5):
    for batch in data[torch.randperm(400)].split(80):
        loss = nt_xent(model(view(batch)), model(view(batch)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")

model.eval()
with torch.no_grad():
    features = model.body(data)
probe = nn.Linear(32, 4)
optimizer = torch.optim.Adam(probe.parameters(), lr=0.05)
for _ in range(20):
    loss = F.cross_entropy(probe(features[:300]), kind[:300])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
right = (probe(features[300:]).argmax(1) == kind[300:]).float().mean().item()
print(f"probe: loss {loss.item():.4f}, right {right:.3f}")
