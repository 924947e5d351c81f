import numpy as np
import torch

torch.manual_seed(3)
print(torch.tensor([[1, 2], [3, 4]]), torch.tensor([0.5, float("nan"), float("inf")]))
print(torch.zeros(2, 0), torch.eye(3, dtype=torch.int64), torch.full((2,), True))
print(torch.rand(4), torch.randn(2, 9), torch.randint(0, 100, (5,)), torch.randperm(6))
print(torch.linspace(0, 1, 5), torch.arange(20.0) * 1e4)
source = np.arange(3, dtype=np.float32)
shared = torch.from_numpy(source)
shared[1] = 7
print(source, shared.dtype, shared.shape, shared.numpy() is not source)
print(torch.tensor(3) / 2, torch.tensor([1]) + 1.5, torch.tensor([True]) + 1)
