import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.first = nn.Linear(8, hidden)
        self.norm = nn.LayerNorm(hidden)
        self.rest = nn.Sequential(nn.GELU(), nn.Dropout(0.5), nn.Linear(hidden, 3))
        self.register_buffer("scale", torch.ones(1))

    def forward(self, x):
        return self.rest(self.norm(self.first(x))) * self.scale


torch.manual_seed(0)
net = Net()
print(net)
print({name: tuple(p.shape) for name, p in net.named_parameters()})
x, y = torch.randn(4, 8), torch.tensor([0, 1, 2, 1])
print(F.cross_entropy(net(x), y))
net.eval()
print(net(x))
shapes = []
handle = net.first.register_forward_hook(lambda m, i, o: shapes.append(o.shape))
net(x)
handle.remove()
print(shapes, sum(p.numel() for p in net.parameters()), list(net.state_dict()))
