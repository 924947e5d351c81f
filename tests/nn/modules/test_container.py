"""Sequential, ModuleList, ModuleDict: as sequences and mappings, and their text."""

import copy
from collections import OrderedDict

import pytest

import rushlight as torch
from rushlight import nn


class Tag(nn.Module):
    """Adds its number; equal numbers print alike."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def forward(self, x):
        return x * 10 + self.number

    def extra_repr(self):
        return str(self.number)


def row(*numbers):
    return nn.Sequential(*map(Tag, numbers))


def listed(*numbers):
    return nn.ModuleList(map(Tag, numbers))


def named():
    return nn.Sequential(OrderedDict(a=Tag(1), b=Tag(2), c=Tag(3)))


def numbers(container):
    return [module.number for module in container]


def names(container):
    return list(container._modules)


def changed(container, act):
    act(container)
    return container


def delete(index):
    return lambda c: c.__delitem__(index)


def put(index, number):
    return lambda c: c.__setitem__(index, Tag(number))


# (container, what is done to it, numbers, names; None: 0, 1, ...)
CHANGES = {
    "append": (row(1), lambda c: c.append(Tag(2)), [1, 2], None),
    "append to names": (
        named(),
        lambda c: c.append(Tag(4)),
        [1, 2, 3, 4],
        ["a", "b", "c", "3"],
    ),
    "extend": (row(1), lambda c: c.extend(row(2, 3)), [1, 2, 3], None),
    "extend by itself": (listed(1, 2), lambda c: c.extend(c), [1, 2, 1, 2], None),
    "insert": (row(1, 2), lambda c: c.insert(1, Tag(9)), [1, 9, 2], None),
    "insert at the end": (row(1), lambda c: c.insert(1, Tag(9)), [1, 9], None),
    "insert from the end": (row(1, 2), lambda c: c.insert(-1, Tag(9)), [1, 9, 2], None),
    "delete": (row(1, 2, 3), delete(0), [2, 3], None),
    "delete from the end": (row(1, 2, 3), delete(-1), [1, 2], None),
    "delete slice": (row(1, 2, 3), delete(slice(0, 2)), [3], None),
    "delete loses names": (named(), delete(1), [1, 3], ["0", "1"]),
    "set": (row(1, 2), put(-1, 9), [1, 9], None),
    "set by place": (named(), put(1, 9), [1, 9, 3], ["a", "b", "c"]),
    "pop": (row(1, 2, 3), lambda c: c.pop(1), [1, 3], None),
    "+=": (row(1), lambda c: c.__iadd__(row(2)), [1, 2], None),
    "*=": (row(1, 2), lambda c: c.__imul__(2), [1, 2, 1, 2], None),
    "list append": (listed(1), lambda c: c.append(Tag(2)), [1, 2], None),
    "list insert": (listed(1, 2), lambda c: c.insert(0, Tag(9)), [9, 1, 2], None),
    "list insert far": (listed(1), lambda c: c.insert(99, Tag(9)), [1, 9], None),
    "list delete": (listed(1, 2, 3), delete(-2), [1, 3], None),
    "list delete slice": (listed(1, 2, 3), delete(slice(-2, None)), [1], None),
    "list set": (listed(1, 2), put(True, 9), [1, 9], None),
    "list pop": (listed(1, 2), lambda c: c.pop(-1), [1], None),
    "list +=": (listed(1), lambda c: c.__iadd__([Tag(2)]), [1, 2], None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes(change):
    container, act, values, keys = CHANGES[change]
    container = changed(copy.deepcopy(container), act)
    assert numbers(container) == values
    assert names(container) == (keys or [str(i) for i in range(len(values))])
    assert len(container) == len(values)


# (expression, type, numbers)
VIEWS = {
    "row[1:]": (lambda: named()[1:], ["b", "c"]),
    "row[::2]": (lambda: row(1, 2, 3)[::2], ["0", "2"]),
    "row + row": (lambda: row(1) + row(2), ["0", "1"]),
    "row * 2": (lambda: row(1) * 2, ["0", "1"]),
    "2 * row": (lambda: 2 * row(1), ["0", "1"]),
}


@pytest.mark.parametrize("view", VIEWS)
def test_new_rows(view):
    make, keys = VIEWS[view]
    assert type(make()) is nn.Sequential and names(make()) == keys


def test_new_lists():
    assert numbers(listed(1, 2, 3)[1:]) == [2, 3]
    assert numbers(listed(1) + listed(2)) == [1, 2]
    assert names(listed(1, 2, 3)[1:]) == ["0", "1"]
    assert numbers(reversed(listed(1, 2))) == [2, 1]


def test_a_row_passes_on():
    assert row(1, 2, 3)(torch.zeros(1)).tolist() == [123]
    assert row()(4) == 4
    assert list(named().state_dict()) == []


ERRORS = [
    (lambda: nn.Sequential(3), TypeError, "int is not a Module subclass"),
    (lambda: nn.ModuleList([3]), TypeError, "int is not a Module subclass"),
    (lambda: nn.ModuleList(3), TypeError, "expected an iterable, got int"),
    (lambda: listed()[0], IndexError, "index 0 is out of range"),
    (lambda: row(1)[1], IndexError, "index 1 is out of range"),
    (lambda: row(1)["a"], TypeError, "'str' object"),
    (lambda: row(1).pop(9), IndexError, "index 9 is out of range"),
    (lambda: row(1) + 3, ValueError, "only objects of Sequential class, got <class"),
    (lambda: row(1).__iadd__([Tag(1)]), ValueError, "only objects of Sequential"),
    (lambda: row(1) * -1, ValueError, "Non-positive multiplication factor -1"),
    (lambda: row(1) * 1.5, TypeError, r"unsupported operand type\(s\)"),
    (lambda: row(1).insert(5, Tag(1)), IndexError, "Index out of range: 5"),
    (lambda: row(1).insert(0, 3), AssertionError, "module should be of type"),
    (lambda: named().insert(1, Tag(1)), KeyError, "modules named by position"),
    (lambda: listed(1).insert(0, 3), TypeError, "not a Module subclass"),
    (lambda: listed(1)(1), NotImplementedError, r"Module \[ModuleList\]"),
    (lambda: nn.ModuleDict({"a": 3}), TypeError, "not a Module subclass"),
    (lambda: nn.ModuleDict({"keys": Tag(1)}), KeyError, "'keys' already exists"),
    (lambda: nn.ModuleDict({3: Tag(1)}), TypeError, "expected a string, got 3"),
    (lambda: nn.ModuleDict()["x"], KeyError, "x"),
]


@pytest.mark.parametrize("call, kind, text", ERRORS)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_a_failed_insert_changes_nothing():
    container = listed(1, 2)
    with pytest.raises(TypeError):
        container.insert(0, 3)
    assert numbers(container) == [1, 2]


def test_a_lists_text_counts_repetitions():
    assert repr(nn.ModuleList()) == "ModuleList()"
    assert (
        repr(nn.ModuleList([Tag(1), Tag(1), Tag(2), row(3), row(3)]))
        == """\
ModuleList(
  (0-1): 2 x Tag(1)
  (2): Tag(2)
  (3-4): 2 x Sequential(
    (0): Tag(3)
  )
)"""
    )


def test_dictionaries():
    given = nn.ModuleDict({"b": Tag(1), "a": Tag(2)})
    assert list(given) == list(given.keys()) == ["b", "a"]
    assert [m.number for m in given.values()] == [1, 2]
    assert "a" in given and "c" not in given and len(given) == 2
    given["c"] = Tag(3)
    given.update([("d", Tag(4)), ["b", Tag(5)]])
    given.update(nn.ModuleDict({"e": Tag(6)}))
    assert [(k, m.number) for k, m in given.items()] == [
        *[("b", 5), ("a", 2), ("c", 3), ("d", 4), ("e", 6)]
    ]
    assert given.pop("a").number == 2
    del given["b"]
    given.clear()
    assert repr(given) == "ModuleDict()"
    assert repr(nn.ModuleDict({"a": None})) == "ModuleDict(\n  (a): None\n)"
    assert len(nn.ModuleDict(None)) == 0


def test_parameters_are_reached():
    net = nn.ModuleDict({"x": nn.ModuleList([nn.Linear(1, 1)])})
    assert [name for name, _ in net.named_parameters()] == ["x.0.weight", "x.0.bias"]
