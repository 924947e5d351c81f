"""watch(): the numbers of each step."""

import json

import numpy as np
import pytest

import rushlight as torch
from rushlight import guard, nn


def made():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    return model, torch.optim.SGD(model.parameters(), lr=0.5)


def step(model, optimizer):
    optimizer.zero_grad()
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()


def test_numbers_of_a_step(tmp_path):
    model, optimizer = made()
    old = model[0].weight.detach().numpy().copy()
    with guard.watch(model, optimizer, file=tmp_path / "steps.jsonl") as seen:
        step(model, optimizer)
        step(model, optimizer)
    found = seen.steps[0]["layers"]["0.weight"]
    assert found["weight"] == pytest.approx(float(np.linalg.norm(old)))
    assert found["update"] == pytest.approx(0.5 * found["gradient"], rel=1e-5)
    assert found["ratio"] == pytest.approx(found["update"] / found["weight"])
    relu = seen.steps[0]["layers"]["1"]
    assert 0 <= relu["zeros"] <= 1 and relu["mean"] >= 0
    lines = (tmp_path / "steps.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [0, 1]


def test_table_has_a_line_for_each():
    model, optimizer = made()
    with guard.watch(model, optimizer) as seen:
        assert seen.table() == "no steps yet"
        step(model, optimizer)
    text = seen.table()
    for name in ("0.weight", "0.bias", "2.weight", "ratio", "zeros"):
        assert name in text


def test_every_third_step_and_none_after_the_end():
    model, optimizer = made()
    with guard.watch(model, optimizer, every=3) as seen:
        for _ in range(7):
            step(model, optimizer)
    step(model, optimizer)
    assert [record["step"] for record in seen.steps] == [0, 3, 6]


def test_refuses_what_is_no_model():
    model, optimizer = made()
    with pytest.raises(TypeError, match="the module to be a Module, got SGD"):
        guard.watch(optimizer, model)
