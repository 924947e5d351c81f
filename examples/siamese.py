"""A siamese network: are two pictures of the same kind?

Lesson: one network, two inputs.  Weights are shared by calling the same module twice,
and gradients of both calls add up.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    """Pairs of noisy copies of one of six random pictures; 1 for two of the same."""

    def __init__(self, count, generator):
        self.kinds = torch.rand(6, 1, 8, 8, generator=generator).round()
        self.rows = torch.randint(0, 6, (count, 2), generator=generator)
        same = torch.rand(count, generator=generator) < 0.5
        self.rows[same, 1] = self.rows[same, 0]
        self.noise = torch.randn(count, 2, 1, 8, 8, generator=generator) * 0.4

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        first, second = self.kinds[self.rows[index]] + self.noise[index]
        same = self.rows[index, 0] == self.rows[index, 1]
        return first, second, same.float()


class Twin(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(72, 16),
        )

    def forward(self, x):
        return F.normalize(self.layers(x), dim=1)


def contrastive_loss(distance, same, margin=1.0):
    near = same * distance.pow(2)
    far = (1 - same) * F.relu(margin - distance).pow(2)
    return (near + far).mean()


generator = torch.Generator().manual_seed(7)
data = Pairs(384, generator)
loader = DataLoader(data, batch_size=32, shuffle=True, generator=generator)
torch.manual_seed(0)
twin = Twin()
optimizer = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9, nesterov=True)
for epoch in range(4):
    total, right = 0.0, 0
    for first, second, same in loader:
        distance = F.pairwise_distance(twin(first), twin(second))
        loss = contrastive_loss(distance, same)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(same)
        right += ((distance < 0.5) == same.bool()).sum().item()
    print(f"epoch {epoch}: loss {total / len(data):.4f}, right {right / len(data):.3f}")
similar = F.cosine_similarity(twin(first), twin(second))
print("similarity", [round(value, 3) for value in similar[:5].tolist()])
