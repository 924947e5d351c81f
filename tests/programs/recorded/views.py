import torch

x = torch.arange(24).reshape(2, 3, 4)
print(x[0, 1:, ::2], x[..., -1], x[:, None].shape, x[x % 5 == 0])
y = x.transpose(1, 2)
print(y.shape, y.is_contiguous(), y.stride(), y.reshape(-1)[:5])
try:
    y.view(-1)
except RuntimeError:
    print("RuntimeError: no view")
x[0, 0, 0] = -1
print(y[0, 0, 0].item(), x.flatten()[:3].tolist())
index = torch.tensor([[0, 1], [1, 0]])
print(
    x[index, 2, 3], torch.cat([x, x]).sum(dim=(0, 2)), torch.stack([x[0], x[1]]).max()
)
print((torch.ones(3, 1) * torch.arange(2)).sum(0, keepdim=True))
try:
    torch.ones(2, 3) + torch.ones(2, 4)
except RuntimeError:
    print("RuntimeError: sizes do not fit")
