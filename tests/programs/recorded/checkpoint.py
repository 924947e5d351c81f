import os
import pickle

import torch
import torch.nn as nn

torch.manual_seed(2)
x, y = torch.randn(16, 3), torch.randn(16, 1)


def build():
    model = nn.Linear(3, 1)
    return model, torch.optim.Adam(model.parameters(), lr=0.1)


def step(model, optimizer):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    return f"{loss.item():.4f}"


model, optimizer = build()
print([step(model, optimizer) for _ in range(3)])
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, "a.pt")
again, other = build()
saved = torch.load("a.pt", weights_only=True)
print(again.load_state_dict(saved["model"]))
other.load_state_dict(saved["optimizer"])
print([step(model, optimizer) for _ in range(3)])
print([step(again, other) for _ in range(3)])
print(sorted(os.listdir(".")) != [], torch.equal(model.weight, again.weight))
copy = pickle.loads(pickle.dumps(model))
print(type(copy).__name__, torch.equal(copy.weight, model.weight), copy)
