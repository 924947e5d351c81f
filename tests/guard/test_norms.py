"""The table of gradient norms that `rushlight doctor` prints."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.guard import _norms, thorough
from tests.guard.guarded import guarded


def train(model, gradients):
    """Steps with these gradients on every parameter."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    with guarded(), thorough():
        for value in gradients:
            for parameter in model.parameters():
                parameter.grad = torch.full_like(parameter, value)
            optimizer.step()
    return _norms.table()


def test_rows_hold_the_first_the_largest_and_the_last_norm():
    model = nn.Linear(4, 1, bias=False)
    nn.init.ones_(model.weight)
    lines = train(model, [1.0, 3.0, 2.0])
    assert lines[0] == "Gradients of 1 parameters in 3 steps (2-norms):"
    assert lines[2].split() == ["Linear.weight", "[1,", "4]", "2", "6", "4", "2"]


@pytest.mark.parametrize(
    ("gradients", "word"),
    [
        ([0.01, 300.0], "explodes"),
        ([1e-9, 1e-9], "vanishes"),
        ([0.0, 0.0], "always 0"),
        ([1.0, float("nan"), 1.0], "not finite"),
        ([1.0, float("inf")], "not finite"),
        ([1.0, 0.1], "1"),
    ],
)
def test_what_stands_out_has_a_word(gradients, word):
    model = nn.Linear(4, 1, bias=False)
    nn.init.constant_(model.weight, 0.5)
    assert train(model, gradients)[2].endswith(word)


def test_long_models_show_what_stands_out_and_the_first_of_the_rest():
    model = nn.ModuleList(nn.Linear(2, 1, bias=False) for _ in range(60))
    nn.init.constant_(model[59].weight, 1e12)
    lines = train(model, [1.0])
    assert lines[-2] == "  and 20 more, where nothing stands out"
    assert "ModuleList.59.weight" in lines[-3]
    assert "ModuleList.38.weight" in lines[-4]


def test_without_steps_there_is_no_table():
    with thorough():
        pass
    assert _norms.table() == []


def test_norms_of_halves_and_of_large_numbers_do_not_overflow():
    assert _norms.norm(np.full(4, 6e4, np.float16)) == pytest.approx(1.2e5, rel=1e-3)
    assert _norms.norm(np.full(4, 1e30, np.float32)) == pytest.approx(2e30)
