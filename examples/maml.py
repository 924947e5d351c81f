"""MAML: learn where to start, so that few steps suffice for a new task.

Lesson: the gradient of a gradient.  create_graph keeps the inner step differentiable,
and functional_call runs a module with other parameters.
"""

import torch
from torch import nn
from torch.func import functional_call


def task():
    """Points on a sine wave of random height and phase: to learn from, to test with."""
    height, phase = 0.5 + 4 * torch.rand(()), 3.14 * torch.rand(())
    x = torch.rand(20, 1) * 10 - 5
    y = height * torch.sin(x + phase)
    return x[:10], y[:10], x[10:], y[10:]


def adapted(model, parameters, x, y, steps=1, rate=0.02, create_graph=True):
    for _ in range(steps):
        loss = nn.functional.mse_loss(functional_call(model, parameters, (x,)), y)
        grads = torch.autograd.grad(
            loss, parameters.values(), create_graph=create_graph
        )
        parameters = {
            name: value - rate * grad
            for (name, value), grad in zip(parameters.items(), grads)
        }
    return parameters


torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1)
)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(1, 61):
    optimizer.zero_grad()
    total = 0.0
    for _ in range(4):
        x, y, new_x, new_y = task()
        own = adapted(model, dict(model.named_parameters()), x, y)
        loss = nn.functional.mse_loss(functional_call(model, own, (new_x,)), new_y)
        (loss / 4).backward()
        total += loss.item() / 4
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step}: loss {total:.4f}")

x, y, new_x, new_y = task()
start = {name: p.detach().requires_grad_() for name, p in model.named_parameters()}
for steps in (0, 1, 5):
    own = adapted(model, start, x, y, steps, create_graph=False)
    with torch.no_grad():
        loss = nn.functional.mse_loss(functional_call(model, own, (new_x,)), new_y)
    print(f"a new task after {steps} steps: {loss.item():.4f}")
