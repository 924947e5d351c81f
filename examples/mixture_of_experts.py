"""A mixture of experts: a gate sends each input to two of four small networks.

Lesson: top-k routing with scatter, index_add_ to put results together, and a loss that
keeps the load even.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Mixture(nn.Module):
    def __init__(self, size, hidden, experts=4, k=2):
        super().__init__()
        self.k = k
        self.gate = nn.Linear(size, experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(size, hidden), nn.GELU(), nn.Linear(hidden, size))
            for _ in range(experts)
        )

    def forward(self, x):
        scores = self.gate(x)
        best, chosen = scores.topk(self.k, dim=-1)
        weights = F.softmax(best, dim=-1)
        result = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            rows, place = torch.where(chosen == number)
            if len(rows):
                part = expert(x[rows]) * weights[rows, place, None]
                result.index_add_(0, rows, part)
        # Load times mean probability is least when both are even.
        load = F.one_hot(chosen, len(self.experts)).sum(1).float().mean(0) / self.k
        balance = len(self.experts) * (load * scores.softmax(-1).mean(0)).sum()
        return result, balance, load


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.mixture = nn.Linear(6, 16), Mixture(16, 24)
        self.norm, self.head = nn.LayerNorm(16), nn.Linear(16, 1)

    def forward(self, x):
        h = torch.tanh(self.first(x))
        more, balance, load = self.mixture(h)
        return self.head(self.norm(h + more)).squeeze(-1), balance, load


torch.manual_seed(0)
x = torch.randn(512, 6)
regime = (x[:, 0] > 0).long() * 2 + (x[:, 1] > 0).long()
y = (x @ torch.randn(6, 4)).gather(1, regime[:, None]).squeeze(1)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for step in range(1, 101):
    rows = torch.randint(0, 512, (64,))
    found, balance, load = net(x[rows])
    loss = F.huber_loss(found, y[rows])
    optimizer.zero_grad()
    (loss + 0.01 * balance).backward()
    optimizer.step()
    if step % 20 == 0:
        shown = " ".join(f"{share:.2f}" for share in load)
        print(f"step {step}: loss {loss.item():.4f}, ", end="")
        print(f"balance {balance.item():.3f}, load {shown}")
