import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * gradient


x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (Cube.apply(x) + x.exp().log()).sum()
print(y)
y.backward()
print(x.grad)
w = torch.tensor(2.0, requires_grad=True)
(first,) = torch.autograd.grad(w**4, w, create_graph=True)
(second,) = torch.autograd.grad(first, w)
print(first, second)
z = w * 3
z.backward(retain_graph=True)
z.backward()
print(w.grad)
try:
    z.backward()
except RuntimeError:
    print("RuntimeError: freed")
with torch.no_grad():
    w -= 0.5
    print(w, (w * 2).requires_grad)
print(w.detach().requires_grad, x.grad_fn, type(z.grad_fn).__name__)
