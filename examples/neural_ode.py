"""A neural differential equation: learn the forces behind a spiral.

Lesson: a network may stand anywhere in a numerical method; gradients flow through all
steps of a Runge-Kutta solver.
"""

import torch
from torch import nn

torch.manual_seed(0)


def runge_kutta(force, state, times):
    states = [state]
    for before, after in zip(times[:-1], times[1:]):
        step = after - before
        k1 = force(state)
        k2 = force(state + step / 2 * k1)
        k3 = force(state + step / 2 * k2)
        k4 = force(state + step * k3)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        states.append(state)
    return torch.stack(states)


class Force(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 2))
        for module in self.net.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, mean=0, std=0.1)
                nn.init.constant_(module.bias, 0)

    def forward(self, state):
        return self.net(state**3)


true = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
times = torch.linspace(0.0, 3.0, 61)
with torch.no_grad():
    spiral = runge_kutta(
        lambda state: state**3 @ true, torch.tensor([[2.0, 0.0]]), times
    )

force = Force()
optimizer = torch.optim.RMSprop(force.parameters(), lr=5e-3)
for step in range(1, 41):
    starts = torch.randint(0, 50, (16,))
    found = runge_kutta(force, spiral[starts, 0], times[:8])
    wanted = torch.stack([spiral[starts + i, 0] for i in range(8)])
    loss = (found - wanted).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step}: loss {loss.item():.5f}")
with torch.no_grad():
    end = runge_kutta(force, spiral[0], times)[-1, 0]
print(
    "true end", [f"{v:.3f}" for v in spiral[-1, 0]], "found", [f"{v:.3f}" for v in end]
)
