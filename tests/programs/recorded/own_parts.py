"""A user's own module, dataset, sampler, function and optimizer, used together."""

import math

import torch
from torch import nn
from torch.optim import Optimizer
from torch.utils.data import DataLoader, Dataset, Sampler


class Waves(Dataset):
    def __init__(self, size):
        self.x = torch.linspace(-math.pi, math.pi, size).unsqueeze(1)
        self.y = torch.sin(self.x)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return {"x": self.x[index], "y": self.y[index], "index": index}


class EveryOther(Sampler):
    def __init__(self, source, generator=None):
        self.source, self.generator = source, generator

    def __len__(self):
        return len(self.source) // 2

    def __iter__(self):
        order = torch.randperm(len(self), generator=self.generator)
        return iter((2 * order).tolist())


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * (s + x * s * (1 - s))


class Scaled(nn.Module):
    def __init__(self, inside, outside):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outside, inside))
        self.scale = nn.Parameter(torch.ones(()))
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))
        nn.init.xavier_normal_(self.weight)

    def forward(self, x):
        self.calls += 1
        return self.scale * (x @ self.weight.t())

    def extra_repr(self):
        return f"{self.weight.shape[1]} -> {self.weight.shape[0]}"


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Scaled(1, 16), Scaled(16, 1)])

    def forward(self, x):
        return self.layers[1](Swish.apply(self.layers[0](x)))


class Lion(Optimizer):
    def __init__(self, params, lr=1e-2, beta=0.9):
        super().__init__(params, dict(lr=lr, beta=beta))

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["average"] = torch.zeros_like(p)
                average = state["average"]
                p.add_(torch.sign(average.lerp(p.grad, 0.1)), alpha=-group["lr"])
                average.mul_(group["beta"]).add_(p.grad, alpha=1 - group["beta"])
        return loss


torch.manual_seed(0)
data = Waves(64)
loader = DataLoader(data, batch_size=8, sampler=EveryOther(data))
model = Net()
print(model)
print(torch.autograd.gradcheck(Swish.apply, torch.randn(3, dtype=torch.double, requires_grad=True)))
optimizer = Lion(model.parameters())
seen = []
model.layers[0].register_forward_hook(lambda m, args, out: seen.append(out.shape[0]))
for epoch in range(3):
    total = 0.0
    for batch in loader:

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(batch["x"]), batch["y"])
            loss.backward()
            return loss

        total += optimizer.step(closure).item()
    print(f"epoch {epoch}: {total / len(loader):.4f}, last indices", batch["index"])
print(sum(seen), model.layers[0].calls, sorted(model.state_dict()))
print(optimizer)
first = next(iter(optimizer.state_dict()["state"].values()))
print({k: tuple(v.shape) for k, v in first.items()})
