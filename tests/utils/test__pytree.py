"""Trees of containers: leaves, structure, and back."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

import rushlight
from rushlight.utils import _pytree as pytree

Pair = namedtuple("Pair", "a b")
TREE = {
    "b": 1,
    "a": [2, (3, None)],
    "c": Pair(4, 5),
    "d": OrderedDict(x=6),
    "e": deque([7], maxlen=3),
    "f": defaultdict(list, {"k": 8}),
}
LEAVES = [1, 2, 3, None, 4, 5, 6, 7, 8]


def test_there_and_back():
    leaves, spec = pytree.tree_flatten(TREE)
    assert leaves == LEAVES == pytree.tree_leaves(TREE)
    assert (spec.num_leaves, spec.num_nodes, spec.num_children) == (9, 16, 6)
    back = pytree.tree_unflatten([str(leaf) for leaf in leaves], spec)
    assert back == pytree.tree_map(str, TREE)
    assert back["c"] == Pair("4", "5")
    assert back["e"].maxlen == 3
    assert back["f"].default_factory is list
    assert spec == pytree.tree_structure(back) != pytree.tree_structure([1])


def test_text():
    spec = pytree.tree_structure((1, {"a": 2}))
    assert repr(spec) == "TreeSpec(tuple, None, [*,\n  TreeSpec(dict, ['a'], [*])])"
    assert repr(pytree.tree_structure(5)) == "*"


def test_several_trees_go_together_by_key():
    found = pytree.tree_map(lambda a, b: a + b, {"x": 1, "y": [2]}, {"y": [5], "x": 3})
    assert found == {"x": 4, "y": [7]}


@pytest.mark.parametrize(
    "one, other, message",
    [
        ([1, 2], [1], "2 children, got 1"),
        ({"x": 1}, {"y": 1}, r"the keys \['x'\], got \['y'\]"),
        ([1], (1,), "a list, got tuple"),
        ([1, [2]], [1, 2], "a list, got int"),
    ],
)
def test_other_structures_are_refused(one, other, message):
    with pytest.raises(ValueError, match=message):
        pytree.tree_map(lambda a, b: a, one, other)


def test_too_few_leaves_are_refused():
    with pytest.raises(ValueError, match="expected 9 leaves, got 1"):
        pytree.tree_unflatten([1], pytree.tree_structure(TREE))


def test_choices():
    assert pytree.tree_map_only(int, lambda x: x + 1, [1, "a"]) == [2, "a"]
    assert pytree.tree_map_only(lambda x: x == "a", len, [1, "a"]) == [1, 1]
    assert not pytree.tree_all(bool, [1, 0])
    assert pytree.tree_any(bool, [1, 0])
    inner = pytree.tree_map(len, [[1, 2], [3]], is_leaf=lambda x: x and x[0] in (1, 3))
    assert inner == [2, 1]
    seen = []
    assert pytree.tree_map_(seen.append, TREE) is TREE
    assert seen == LEAVES


def test_tensors_are_leaves_and_their_results_are_not():
    x = rushlight.ones(2, 3)
    assert pytree.tree_is_leaf(x)
    doubled = pytree.tree_map(lambda t: t * 2, {"x": x, "max": x.max(0)})
    assert doubled["max"].values.tolist() == [2.0, 2.0, 2.0]
    assert type(doubled["max"]) is type(x.max(0))


class Box:
    def __init__(self, inside):
        self.inside = inside


def test_a_class_becomes_a_container():
    pytree.register_pytree_node(Box, lambda b: ([b.inside], None), lambda c, _: Box(*c))
    try:
        assert pytree.tree_map(lambda x: x + 1, [Box(1)])[0].inside == 2
        with pytest.raises(ValueError, match="not registered"):
            pytree.register_pytree_node(Box, None, None)
    finally:
        del pytree._NODES[Box]
