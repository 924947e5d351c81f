"""Recommend films by matrix factorisation.

Lesson: a rating is a dot product of two embeddings and three biases; only rated pairs
are looked up, and weight decay stands for a prior.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
users, films, tastes = 50, 40, 3
user_taste, film_taste = torch.randn(users, tastes), torch.randn(films, tastes)
rated = torch.rand(users, films) < 0.3
user, film = rated.nonzero(as_tuple=True)
exact = 3 + (user_taste[user] * film_taste[film]).sum(1)
stars = (exact + 0.2 * torch.randn(len(user))).clamp(1, 5).round()
print(f"{len(stars)} ratings, mean {stars.mean().item():.3f}")
print("stars", torch.bincount(stars.long(), minlength=6)[1:].tolist())


class Factors(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        self.user, self.film = nn.Embedding(users, size), nn.Embedding(films, size)
        self.user_bias, self.film_bias = nn.Embedding(users, 1), nn.Embedding(films, 1)
        self.bias = nn.Parameter(torch.tensor(3.0))
        for table in (self.user, self.film):
            nn.init.normal_(table.weight, std=0.1)
        for table in (self.user_bias, self.film_bias):
            nn.init.zeros_(table.weight)

    def forward(self, user, film):
        product = torch.einsum("bi,bi->b", self.user(user), self.film(film))
        biases = self.user_bias(user) + self.film_bias(film)
        return product + biases.squeeze(1) + self.bias


everything = TensorDataset(user, film, stars)
count = len(everything) * 4 // 5
train, test = random_split(everything, [count, len(everything) - count])
model = Factors()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=1e-4)
loss_of = nn.MSELoss()
for epoch in range(8):
    for u, f, r in DataLoader(train, batch_size=64, shuffle=True):
        loss = loss_of(model(u, f), r)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    u, f, r = next(iter(DataLoader(test, batch_size=len(test))))
    with torch.no_grad():
        error = loss_of(model(u, f), r).sqrt()
    print(
        f"epoch {epoch}: train {loss.item():.4f}, test error {error.item():.4f} stars"
    )
