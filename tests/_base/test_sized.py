"""What deals with sizes of both kinds."""

import itertools
from collections import namedtuple

import pytest

from rushlight._base.sized import (
    are_same,
    is_multiple,
    is_same,
    range_length,
    slice_indices,
    with_values,
)
from rushlight._base.symbols import Sizes
from rushlight._base.symint import is_symbolic

_BOUNDS = [None, 0, 1, 3, 6, 7, 9, -1, -3, -7, -9]
_VALUES = [2, 3, 5, 6, 7, 8, 10, 16]


@pytest.fixture
def sizes():
    return Sizes()


@pytest.mark.parametrize("step", [None, 1, 2, 3, -1, -2])
def test_slices_are_pythons(step):
    """Of a symbolic size, wherever the conditions hold."""
    served = 0
    for start, stop in itertools.product(_BOUNDS, repeat=2):
        sizes = Sizes()
        n, part = sizes.symbol(7), slice(start, stop, step)
        found = slice_indices(part, n)
        fill, test = sizes.filled(tuple(found)), sizes.test()
        assert test(7)
        for value in _VALUES:
            if test(value):
                served += 1
                count = len(range(value)[part])
                assert len(range(*fill(value))) == count
                if count:
                    assert range(*fill(value)) == range(value)[part]
    assert served > 3 * len(_BOUNDS) ** 2


@pytest.mark.parametrize("step", [None, 1, 2, -1, -3])
def test_slices_with_symbolic_bounds_are_pythons(step):
    formulas = [
        lambda n: n // 2,
        lambda n: n - 1,
        lambda n: -n,
        lambda n: -(n // 2),
        lambda n: n + 2,
        lambda n: n - 9,
        lambda n: None,
        lambda n: 2 * n,
    ]
    for start, stop in itertools.product(formulas, repeat=2):
        sizes = Sizes()
        n, m = sizes.symbol(7), sizes.symbol(12)
        found = slice_indices(slice(start(n), stop(n), step), m)
        fill, test = sizes.filled(tuple(found)), sizes.test()
        assert test(7, 12)
        for one, other in itertools.product(_VALUES, repeat=2):
            if test(one, other):
                want = range(other)[slice(start(one), stop(one), step)]
                got = range(*fill(one, other))
                assert len(got) == len(want)
                assert not len(want) or got == want


@pytest.mark.parametrize("step", [1, 2, 3, -1, -2])
def test_lengths_of_ranges_are_pythons(step):
    formulas = [lambda n: 0, lambda n: n, lambda n: n // 2, lambda n: 2 * n - 9]
    for start, stop in itertools.product(formulas, repeat=2):
        sizes = Sizes()
        n = sizes.symbol(7)
        found = range_length(start(n), stop(n), step)
        fill, test = sizes.filled((found,)), sizes.test()
        for value in filter(test, _VALUES):
            assert fill(value) == (len(range(start(value), stop(value), step)),)
    assert range_length(2, 9, 3) == 3


def test_slices_of_known_sizes_are_known():
    assert slice_indices(slice(None, -2, 2), 9) == (0, 7, 2)
    assert slice_indices(slice(None, None, -1), 3) == (2, -1, -1)


def test_a_whole_slice_asks_nothing(sizes):
    n = sizes.symbol(7)
    for part in (slice(None), slice(0, None), slice(None, n), slice(1, None)):
        slice_indices(part, n)
    assert slice_indices(slice(None), n)[1].terms == n.terms
    assert sizes.conditions() == []


@pytest.mark.parametrize("step", [0, 1.5, "x"])
def test_slices_that_are_none(sizes, step):
    with pytest.raises((ValueError, TypeError)):
        slice_indices(slice(None, None, step), sizes.symbol(7))


def _formulas(m, n):
    rounded = [m // 4, m // 4 * 4, -(-m // 4) * 4, m % 4, n * m // 3, (m + 4) // 4]
    plain = [m, n, m * n, 2 * m, 6 * m, m + n, 6 * m + 3, m * m, m + 2, 4, 3, 1]
    return plain + rounded


def test_is_same_and_is_multiple_hold_for_all_values(sizes):
    """They answer yes only where it is so for all values, and ask nothing."""
    formulas = _formulas(sizes.symbol(12), sizes.symbol(12))
    values = list(itertools.product([2, 3, 4, 7, 12, 30], repeat=2))
    tables = [[sizes.filled(formula)(*pair) for pair in values] for formula in formulas]
    multiples = 0
    for (x, xs), (y, ys) in itertools.product(
        zip(formulas, tables, strict=True), repeat=2
    ):
        if is_same(x, y):
            assert xs == ys
        if 0 not in ys and is_multiple(x, y):
            multiples += 1
            assert all(a % b == 0 for a, b in zip(xs, ys, strict=True))
    assert multiples > 2 * len(formulas)
    assert [c for c in sizes.conditions() if "0 !=" not in c] == []


def test_is_same_and_is_multiple_know_what_is_so(sizes):
    m, n = sizes.symbol(12), sizes.symbol(12)
    assert is_same(m + n, n + m)
    assert is_same(m * 8 // 4, m * 2)
    assert is_same(3, 3)
    assert not is_same(m, 12)
    assert not is_same(m, n)
    assert are_same((m, 3, n), (m, 3, n))
    assert not are_same((m, 3), (m, 3, n))
    assert not are_same((m, n), (n, m))
    assert is_multiple(m * 8, 4)
    assert is_multiple(m * n, n)
    assert is_multiple(m // 4 * 4, 4)
    assert is_multiple(12, 4)
    assert not is_multiple(m, 4)
    assert not is_multiple(12, m)
    assert not is_multiple(m, n)
    assert sizes.conditions() == []


def test_with_values(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    pair = namedtuple("pair", "a b")
    thing = {"a": (m, [n * 2, "x"]), "b": pair(m - n, None), 3: slice(m, None, n // 2)}
    found = with_values(thing, (4, 6))
    assert found == {"a": (4, [12, "x"]), "b": pair(-2, None), 3: slice(4, None, 3)}
    assert type(found["b"]) is pair
    assert with_values(m / n, (4, 8)) == 0.5
    assert not is_symbolic(with_values(m, (4, 6)))
    assert with_values("x", ()) == "x"
