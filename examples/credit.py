"""Who pays a loan back?  Five-fold cross-validation of a table of integers.

    rushlight run examples/credit.py --data german-credit.txt

The table is the Statlog German credit data in its numeric form: 24 columns of integers,
and a last one, Target, 1 for good and 2 for bad.  Without --data a table of the same
form is invented.

Lesson: pandas gives integers, and a layer wants floats, so the cast stands where the
table becomes a tensor.  The mean and deviation come from the training rows alone, each
fold has as many bad rows as the others, and the order of the scores (the area under the
ROC curve) tells more than the share of right answers.
"""

import argparse

import numpy as np
import pandas as pd
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--data", help="a table with a column Target of 1 and 2")
parser.add_argument("--folds", type=int, default=5)
args = parser.parse_args()


def invented(rows=400):
    """A table of the same form: codes, counts and sums, and who did not pay."""
    draw = np.random.RandomState(0)
    table = pd.DataFrame(
        {
            "account": draw.randint(1, 5, rows),
            "months": draw.choice([6, 12, 18, 24, 36, 48], rows),
            "history": draw.randint(0, 5, rows),
            "amount": draw.randint(3, 180, rows),
            "savings": draw.randint(1, 6, rows),
            "age": draw.randint(19, 75, rows),
            "telephone": draw.randint(0, 2, rows),
        }
    )
    risk = table.months / 20 + table.amount / 90 - table.age / 40
    risk += np.array([0, 1.5, 0.8, 0, -1.2])[table.account] - 0.3 * table.history
    table["Target"] = 1 + (risk + draw.randn(rows) > 1.2)
    return table


frame = pd.read_csv(args.data, sep=r"\s+") if args.data else invented()
answer = frame.pop("Target")
x = torch.tensor(frame.to_numpy(), dtype=torch.float32)  # int64 without the dtype
y = torch.tensor((answer == 2).to_numpy(), dtype=torch.float32)
print(f"{len(y)} rows, {x.shape[1]} columns, {y.mean():.1%} bad")


def stratified(y, count):
    """The number of the fold of each row: as many of both answers in all folds."""
    fold = torch.empty(len(y), dtype=torch.int64)
    for value in (0, 1):
        rows = (y == value).nonzero().squeeze(1)
        fold[rows] = torch.arange(len(rows)) * count // len(rows)
    return fold


def area_under_roc(score, y):
    """The chance that a bad row's score is above a good one's; half for a tie."""
    bad, good = score[y == 1][:, None], score[y == 0][None, :]
    return ((bad > good).float() + 0.5 * (bad == good).float()).mean().item()


def fit(x, y):
    """Logistic regression with a penalty on large weights, to its optimum."""
    model = nn.Linear(x.shape[1], 1)
    optimizer = torch.optim.LBFGS(
        model.parameters(), max_iter=100, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y)
        loss = loss + 0.03 * model.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return model


torch.manual_seed(0)
fold, areas = stratified(y, args.folds), []
for number in range(args.folds):
    train, test = fold != number, fold == number
    mean, deviation = x[train].mean(0), x[train].std(0).clamp_min(1e-6)
    model = fit((x[train] - mean) / deviation, y[train])
    with torch.no_grad():
        score = model((x[test] - mean) / deviation).squeeze(1)
    areas.append(area_under_roc(score, y[test]))
    print(f"fold {number + 1}: area under the ROC curve {areas[-1]:.3f}")
print(f"mean {sum(areas) / len(areas):.3f}")
