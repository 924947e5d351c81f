"""A table with numbers and categories: embeddings beside normalised columns.

    rushlight run examples/tabular.py --csv my.csv

The last column is the answer, one of two; columns end at commas or blanks.

Lesson: categories become numbers of an embedding, numbers are scaled by the training
rows' mean and deviation only, and a rare class weighs more.
"""

import argparse
import io
import random

import pandas as pd
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--csv")
args = parser.parse_args()


def invented(count=400):
    """Loans: who pays back?"""
    random.seed(0)
    lines = ["age,amount,months,purpose,home,bad"]
    for _ in range(count):
        age, amount = random.randint(19, 70), random.randint(5, 180) * 100
        months = random.choice([6, 12, 24, 36, 48])
        purpose = random.choice(["car", "furniture", "education", "holiday"])
        home = random.choice(["own", "rent", "free"])
        risk = amount / 9000 + months / 40 - age / 60
        risk += {"holiday": 0.8, "car": -0.3}.get(purpose, 0) + 0.5 * (home == "rent")
        bad = int(risk + random.gauss(0, 0.5) > 1.6)
        lines.append(f"{age},{amount},{months},{purpose},{home},{bad}")
    return io.StringIO("\n".join(lines))


frame = pd.read_csv(args.csv or invented(), sep=r"\s*,\s*|\s+", engine="python")
answer, frame = frame.iloc[:, -1], frame.iloc[:, :-1]
many = frame.nunique() > 12  # numbers of few values are names as well
numbers = [c for c in frame if many[c] and pd.api.types.is_numeric_dtype(frame[c])]
names = [c for c in frame if c not in numbers]
codes = frame[names].apply(lambda column: column.astype("category").cat.codes)
x_num = torch.tensor(frame[numbers].to_numpy("float32"))
x_cat = torch.tensor(codes.to_numpy("int64"))
y = torch.tensor((answer == answer.max()).to_numpy("float32"))
print("numbers", numbers, "categories", names)

torch.manual_seed(0)
order = torch.randperm(len(y))
train, test = order[: len(y) * 4 // 5], order[len(y) * 4 // 5 :]
mean, deviation = x_num[train].mean(0), x_num[train].std(0)
x_num = (x_num - mean) / deviation


class Table(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = (x_cat.amax(0) + 1).tolist()
        self.tables = nn.ModuleList(
            nn.Embedding(size, (size + 1) // 2) for size in sizes
        )
        width = len(numbers) + sum(table.embedding_dim for table in self.tables)
        self.body = nn.Sequential(
            nn.Linear(width, 24), nn.SELU(), nn.AlphaDropout(0.1), nn.Linear(24, 1)
        )

    def forward(self, x_num, x_cat):
        parts = [table(x_cat[:, i]) for i, table in enumerate(self.tables)]
        return self.body(torch.cat([x_num, *parts], 1)).squeeze(1)


model = Table()
bad = y[train].mean()
criterion = nn.BCEWithLogitsLoss(pos_weight=(1 - bad) / bad)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01, amsgrad=True)
for epoch in range(1, 31):
    model.train()
    loss = criterion(model(x_num[train], x_cat[train]), y[train])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 5 == 0:
        model.eval()
        with torch.no_grad():
            chance = model(x_num[test], x_cat[test]).sigmoid()
        good, worse = chance[y[test] == 0], chance[y[test] == 1]
        area = (worse[:, None] > good[None, :]).float().mean().item()
        print(f"epoch {epoch}: loss {loss.item():.4f}, area under the curve {area:.3f}")
