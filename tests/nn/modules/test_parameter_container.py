"""ParameterList and ParameterDict."""

import copy
import pickle
from collections import OrderedDict

import pytest

import rushlight as torch
from rushlight import nn


def ones(*shape):
    return torch.ones(*shape)


def test_tensors_become_parameters_and_other_values_stay():
    values = nn.ParameterList([ones(1), nn.Parameter(ones(2)), 3])
    assert [type(v).__name__ for v in values] == ["Parameter", "Parameter", "int"]
    assert [name for name, _ in values.named_parameters()] == ["0", "1"]


def test_lists_are_lists():
    values = nn.ParameterList([ones(1), ones(2)])
    assert values[-1].shape == (2,) and len(values) == 2
    assert type(values[1:]) is nn.ParameterList and len(values[1:]) == 1
    values[0] = ones(5)
    values += [ones(3)]
    assert values.append(ones(4)) is values
    assert [len(v) for v in values] == [5, 2, 3, 4]
    for copied in (copy.deepcopy(values), pickle.loads(pickle.dumps(values))):
        assert [len(v) for v in copied] == [5, 2, 3, 4]
        assert copied[0] is not values[0]


TEXTS = [
    (lambda: nn.ParameterList(), "ParameterList()"),
    (
        lambda: nn.ParameterList([ones(2)]),
        "ParameterList(  (0): Parameter containing: [torch.float32 of size 2])",
    ),
    (
        lambda: nn.ParameterList([ones(2, 3), nn.Parameter(ones(())), 3, nn.ReLU()]),
        """\
ParameterList(
    (0): Parameter containing: [torch.float32 of size 2x3]
    (1): Parameter containing: [torch.float32 of size ]
    (2): Object of type: int
    (3): Object of type: ReLU
  (3): ReLU()
)""",
    ),
    (
        lambda: nn.ParameterDict({"b": ones(2), "a": ones(3).double(), "n": None}),
        """\
ParameterDict(
    (a): Parameter containing: [torch.DoubleTensor of size 3]
    (b): Parameter containing: [torch.FloatTensor of size 2]
    (n): Object of type: NoneType
)""",
    ),
]


@pytest.mark.parametrize("make, text", TEXTS)
def test_text(make, text):
    assert repr(make()) == text


def table(**lengths):
    return nn.ParameterDict({name: ones(length) for name, length in lengths.items()})


def test_dictionaries_are_dictionaries():
    values = table(b=2, a=3)
    assert list(values) == ["a", "b"] == list(values.keys())
    assert [(k, len(v)) for k, v in values.items()] == [("a", 3), ("b", 2)]
    assert [len(v) for v in values.values()] == [3, 2]
    assert "a" in values and len(values) == 2 and list(reversed(values)) == ["b", "a"]
    assert values.get("x") is None and values.get("x", 5) == 5
    assert len(values.setdefault("z", ones(1))) == 1
    assert len(values.setdefault("z", ones(9))) == 1
    assert len(values.pop("z")) == 1 and values.popitem()[0] == "b"
    del values["a"]
    with pytest.raises(KeyError, match="expected a dictionary with values"):
        values.popitem()


def test_updating_sorts_plain_dictionaries_only():
    values = nn.ParameterDict()
    values.update({"d": ones(1), "c": ones(1)})
    values.update(OrderedDict(b=ones(1), a=ones(1)))
    values.update([("f", ones(1)), ("e", ones(1))])
    values.update(table(h=1, g=1))
    assert list(values) == [*"cdbafegh"]


def test_unions_and_copies():
    values = table(a=1)
    assert list(values | {"k": ones(1)}) == ["a", "k"]
    assert list({"k": ones(1)} | values) == ["k", "a"]
    assert list(values.copy()) == ["a"] and values.copy()["a"] is values["a"]
    values |= {"m": ones(1)}
    assert list(values) == ["a", "m"]
    assert list(values.fromkeys(["x", "y"], ones(1))) == ["x", "y"]
    values.clear()
    assert len(values) == 0 and list(values.parameters()) == []


ERRORS = [
    (lambda: nn.ParameterList(3), TypeError, "expected an iterable, got int"),
    (lambda: nn.ParameterList(ones(2)), TypeError, "expected an iterable, got Tensor"),
    (lambda: nn.ParameterList([ones(1)])[3], IndexError, "index 3 is out of range"),
    (lambda: nn.ParameterList([ones(1)])(1), RuntimeError, "should not be called"),
    (lambda: nn.ParameterDict()(1), RuntimeError, "should not be called"),
    (lambda: nn.ParameterDict()["x"], AttributeError, "no attribute 'x'"),
    (lambda: nn.ParameterDict({1: ones(1)}), TypeError, "a string as the name, got 1"),
    (lambda: nn.ParameterDict({"a.b": ones(1)}), KeyError, "can't contain"),
    (lambda: nn.ParameterDict([3]), TypeError, "element #0: int"),
]


@pytest.mark.parametrize("call, kind, text", ERRORS)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_a_refused_value_leaves_no_name():
    values = nn.ParameterDict()
    with pytest.raises(KeyError):
        values[""] = ones(1)
    assert len(values) == 0
