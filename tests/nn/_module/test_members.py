"""Positions and pairs, as the containers take them."""

import pytest

from rushlight import nn
from rushlight.nn._module.members import members_of, named_pairs, position


@pytest.mark.parametrize("index, place", [(0, 0), (2, 2), (-1, 2), (-3, 0), (True, 1)])
def test_positions(index, place):
    assert position(index, 3, "List") == place


@pytest.mark.parametrize("index", [3, -4])
def test_positions_outside(index):
    with pytest.raises(IndexError, match=rf"List\[{index}\]: expected .* \[-3, 2\]"):
        position(index, 3, "List")


def test_positions_are_integers():
    with pytest.raises(TypeError):
        position("1", 3, "List")


def test_pairs():
    one = nn.ReLU()
    for given in (
        {"a": one},
        [("a", one)],
        iter([["a", one]]),
        nn.ModuleDict({"a": one}),
    ):
        assert [tuple(pair) for pair in named_pairs(nn.ModuleDict(), given)] == [
            ("a", one)
        ]


@pytest.mark.parametrize(
    "given, kind, text",
    [
        (3, TypeError, "an iterable of key/value pairs, got int"),
        ([3], TypeError, "got element #0: int"),
        ([("a",)], ValueError, "length 2 is required, got element #0, .* length 1"),
    ],
)
def test_bad_pairs(given, kind, text):
    with pytest.raises(kind, match=text):
        named_pairs(nn.ModuleDict(), given)


@pytest.mark.parametrize("given", [3, None])
def test_members_come_from_iterables(given):
    with pytest.raises(TypeError, match=r"ModuleList.extend\(\): expected an iterable"):
        members_of(nn.ModuleList(), given)
