"""A custom autograd Function: a network with weights of one bit.

Lesson: sign() has no useful gradient, so forward rounds and backward pretends that it
did not (a straight-through estimator); gradcheck tests what is exact.
"""

import torch
from torch import nn
from torch.autograd import Function, gradcheck


class Sign(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * (x.abs() <= 1)


class Swish(Function):
    """x * sigmoid(x), keeping one tensor instead of two."""

    @staticmethod
    def forward(ctx, x, beta):
        ctx.beta = beta
        ctx.save_for_backward(x)
        return x * torch.sigmoid(beta * x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(ctx.beta * x)
        return grad * (s + ctx.beta * x * s * (1 - s)), None


class BinaryLinear(nn.Linear):
    def forward(self, x):
        scale = self.weight.abs().mean(1, keepdim=True)
        return nn.functional.linear(x, Sign.apply(self.weight) * scale, self.bias)


torch.manual_seed(0)
probe = torch.randn(5, dtype=torch.double, requires_grad=True)
print("gradcheck", gradcheck(lambda x: Swish.apply(x, 1.5), (probe,)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = BinaryLinear(2, 32), BinaryLinear(32, 1)

    def forward(self, x):
        return self.two(Swish.apply(self.one(x), 1.0)).squeeze(1)


x = torch.randn(256, 2)
y = (x[:, 0] * x[:, 1] > 0).float()
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(1, 121):
    scores = net(x)
    loss = nn.functional.binary_cross_entropy_with_logits(scores, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        right = ((scores > 0) == y.bool()).float().mean().item()
        print(f"step {step}: loss {loss.item():.4f}, right {right:.3f}")
bits = Sign.apply(net.one.weight).unique(return_counts=True)
print(bits[0].tolist(), bits[1].tolist())
