"""Bugs of data that PyTorch stops too: of its types, naming the fix and the module."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn import functional as F
from rushlight.utils.data import DataLoader, StackDataset, TensorDataset


class Net(nn.Module):
    """Layers of several kinds."""

    def __init__(self):
        super().__init__()
        self.table = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
        self.picture = nn.Sequential(nn.Conv2d(3, 2, 2))
        self.norm, self.layer = nn.BatchNorm1d(2), nn.LayerNorm(2)
        self.steps, self.words = nn.LSTM(2, 3), nn.Embedding(3, 2)

    def forward(self, name, x):
        return getattr(self, name)(x)


WHOLE = np.array([[1, 2], [3, 4]])
ROWS = "write x = x.float() where they are loaded"

LAYERS = [
    ("table", WHOLE, RuntimeError, ROWS, "model.table.0 (Linear)"),
    ("table", WHOLE.astype(float), RuntimeError, ROWS, "model.table.0 (Linear)"),
    ("table", WHOLE > 1, RuntimeError, "with .float()", "model.table.0 (Linear)"),
    ("picture", np.ones((1, 3, 4, 4), np.uint8), RuntimeError, ROWS, "model.picture.0"),
    ("norm", WHOLE, NotImplementedError, "with .float()", "model.norm (BatchNorm1d)"),
    ("norm", WHOLE.astype(float), RuntimeError, ROWS, "model.norm"),
    ("layer", WHOLE.astype(float), RuntimeError, ROWS, "model.layer (LayerNorm)"),
    ("steps", WHOLE, ValueError, "x = x.to(torch.float32)", "model.steps (LSTM)"),
    ("words", WHOLE.astype(float), RuntimeError, "with .long()", "model.words"),
    ("words", WHOLE, IndexError, "index out of range: 3", "model.words (Embedding)"),
]


@pytest.mark.parametrize(("name", "x", "kind", "fix", "path"), LAYERS)
def test_features_of_another_dtype(name, x, kind, fix, path):
    model = Net()
    with pytest.raises(kind) as error:
        model(name, torch.from_numpy(x))
    assert fix in str(error.value)
    assert path in str(error.value)


def scores(classes=3):
    """What a model gave for four samples."""
    return torch.zeros(4, classes, requires_grad=True)


def labels(*values):
    """Class numbers."""
    return torch.tensor(values)


LABELS = [
    (lambda: F.cross_entropy(scores(), labels(0, 1, 2, 7)), IndexError, "Target 7 is"),
    (lambda: F.cross_entropy(scores(), labels(1, 2, 3, 1)), IndexError, "target - 1"),
    (lambda: F.nll_loss(scores(), labels(0, 1, -1, 1)), IndexError, "ignore_index="),
    (
        lambda: F.cross_entropy(scores(), labels(0.0, 1.5, 2, 1)),
        RuntimeError,
        "target.long()",
    ),
    (lambda: F.cross_entropy(scores(), labels(0, 1)), ValueError, "(4) to match"),
    (lambda: F.nll_loss(scores(), labels(0, 1)), ValueError, "(4) to match"),
    (
        lambda: F.binary_cross_entropy_with_logits(scores(1), labels(0.0, 1, 1, 0)),
        ValueError,
        ".unsqueeze(1)",
    ),
    (
        lambda: F.binary_cross_entropy(scores(1), torch.full((4, 1), 2.0)),
        RuntimeError,
        "target to be between 0 and 1",
    ),
    (
        lambda: F.one_hot(labels(0, 3), 3),
        RuntimeError,
        "smaller than num_classes",
    ),
    (
        lambda: TensorDataset(torch.ones(3, 2), torch.ones(4)),
        AssertionError,
        "Size mismatch between tensors: [3, 4]",
    ),
    (
        lambda: StackDataset(torch.ones(3, 2), torch.ones(4)),
        ValueError,
        "Size mismatch between datasets: [3, 4]",
    ),
    (
        lambda: list(DataLoader([torch.ones(2), torch.ones(3)], 2)),
        RuntimeError,
        "[2] and [3]. Pad or crop the items",
    ),
    (
        lambda: torch.ones(3, dtype=torch.int64).mul_(0.5),
        RuntimeError,
        "Use the form without the underscore",
    ),
]


@pytest.mark.parametrize(("program", "kind", "words"), LABELS)
def test_labels_and_lengths_that_do_not_fit(program, kind, words):
    with pytest.raises(kind) as error:
        program()
    assert words in str(error.value)


def test_a_table_itself():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"age": [1, 2], "name": ["a", "b"]})
    with pytest.raises(ValueError, match=r"torch.tensor\(df.to_numpy\(\), dtype="):
        torch.tensor(table)
    with pytest.raises(TypeError, match="a column of text has the dtype object"):
        torch.tensor(table.to_numpy())
    with pytest.raises(TypeError, match=r"or df.to_numpy\(\)"):
        torch.from_numpy(table)
    assert torch.tensor(table["age"]).tolist() == [1, 2]
