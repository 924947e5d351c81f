"""watch(): the numbers of each step."""

import json
from xml.etree import ElementTree

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


def test_the_picture_holds_a_line_for_each_parameter_and_layer(tmp_path):
    model, optimizer = made()
    with guard.watch(model, optimizer) as seen:
        for _ in range(3):
            step(model, optimizer)
    path = seen.picture(tmp_path / "steps.svg")
    root = ElementTree.parse(path).getroot()
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "gradient norms, steps 0 to 2" in texts
    assert texts.count("0.weight") == 2  # its gradient and its ratio
    assert texts.count("1") == 1  # the activations of the ReLU
    lines = list(root.iter("{http://www.w3.org/2000/svg}polyline"))
    assert len(lines) == 4 + 4 + 2  # the last layer gives the same twice: std 0
    first = lines[0].get("points").split()
    assert len(first) == 3
    assert all(60 <= float(p.split(",")[0]) <= 620 for p in first)


def test_a_picture_of_nothing_and_of_one_step(tmp_path):
    model, optimizer = made()
    with guard.watch(model, optimizer) as seen:
        ElementTree.parse(seen.picture(tmp_path / "none.svg"))
        step(model, optimizer)
    assert "<circle" in (tmp_path / seen.picture(tmp_path / "one.svg")).read_text()


def test_json_lines_hold_no_nan(tmp_path):
    model, optimizer = made()
    with guard.watch(model, optimizer, file=tmp_path / "steps.jsonl") as seen:
        with torch.no_grad():
            model[2].weight.fill_(float("nan"))
        step(model, optimizer)
    text = (tmp_path / "steps.jsonl").read_text()
    assert "NaN" not in text and "Infinity" not in text
    assert json.loads(text)["layers"]["2.weight"]["weight"] is None
    assert np.isnan(seen.steps[0]["layers"]["2.weight"]["weight"])


def test_halves_and_layers_that_give_several_tensors():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.last = nn.GRU(2, 3), nn.Linear(3, 1)

        def forward(self, x):
            return self.last(self.rnn(x)[0].to(self.last.weight.dtype))

    model = Net()
    model.last.to(torch.bfloat16)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with guard.watch(model, optimizer) as seen:
        model(torch.randn(4, 1, 2)).float().sum().backward()
        optimizer.step()
    layers = seen.steps[0]["layers"]
    assert layers["rnn"]["std"] > 0 and layers["last"]["std"] > 0
    assert layers["last.weight"]["gradient"] > 0
