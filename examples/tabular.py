"""A table with numbers and categories: embeddings beside normalised columns.

    rushlight run examples/tabular.py --csv my.csv

The last column is the answer, 0 or 1.

Lesson: categories become numbers of an embedding, numbers are scaled by the training
rows' mean and deviation only, and a rare class weighs more.
"""

import argparse
import csv
import io
import random

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
    return "\n".join(lines)


rows = list(csv.reader(open(args.csv) if args.csv else io.StringIO(invented())))
header, rows = rows[0], rows[1:]
columns = list(zip(*rows))


def is_number(values):
    return all(value.replace(".", "", 1).lstrip("-").isdigit() for value in values)


numeric = [i for i in range(len(header) - 1) if is_number(columns[i])]
named = [i for i in range(len(header) - 1) if i not in numeric]
kinds = {i: sorted(set(columns[i])) for i in named}
x_num = torch.tensor([[float(row[i]) for i in numeric] for row in rows])
x_cat = torch.tensor([[kinds[i].index(row[i]) for i in named] for row in rows])
y = torch.tensor([float(row[-1]) for row in rows])
print("numbers", [header[i] for i in numeric], "categories", [header[i] for i in named])

torch.manual_seed(0)
order = torch.randperm(len(rows))
train, test = order[: len(order) * 4 // 5], order[len(order) * 4 // 5 :]
mean, deviation = x_num[train].mean(0), x_num[train].std(0)
x_num = (x_num - mean) / deviation


class Table(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [len(kinds[i]) for i in named]
        self.tables = nn.ModuleList(
            nn.Embedding(size, (size + 1) // 2) for size in sizes
        )
        width = len(numeric) + sum(table.embedding_dim for table in self.tables)
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
