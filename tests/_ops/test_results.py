"""Named tuples of results."""

import copy
import pickle

import rushlight
from rushlight import return_types
from rushlight._ops._results import RETURN_TYPES, named_result

Pair = named_result("pair_of_test", "low", "high")


def test_items_have_names():
    pair = Pair((1, 2))
    low, high = pair
    assert (pair.low, pair.high) == (low, high) == (1, 2)
    assert pair == (1, 2)
    assert (pair.n_fields, len(pair)) == (2, 2)
    assert repr(pair) == "torch.return_types.pair_of_test(\nlow=1,\nhigh=2)"
    assert RETURN_TYPES["pair_of_test"] is Pair


def test_they_are_copied_and_pickled():
    pair = Pair(([1], 2))
    deep = copy.deepcopy(pair)
    assert (type(deep), deep) == (Pair, pair)
    assert deep.low is not pair.low
    assert type(pickle.loads(pickle.dumps(pair))) is Pair


def test_the_door_shows_them():
    found = rushlight.ones(2).max(0)
    assert isinstance(found, return_types.max)
    assert isinstance(rushlight.ones(2).sort(), return_types.sort)
    assert str(return_types.max) == "<class 'torch.return_types.max'>"
