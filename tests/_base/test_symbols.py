"""Sizes: symbols, what is known of them, and conditions."""

import itertools

import pytest

from rushlight._base.symbols import LEAST, Sizes
from rushlight._base.symint import SymInt, hint_of, is_symbolic, text_of


@pytest.fixture
def sizes():
    return Sizes()


def test_symbols_have_names_and_hints(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    assert [m.hint, n.hint] == sizes.hints == [5, 9]
    assert [text_of(m), text_of(n), text_of(3)] == ["s0", "s1", "3"]
    assert text_of(m * 2 - n * m + 1) == text_of(1 + m * 2 - m * n)
    assert eval(text_of(m * 2 - n * m + 1), {"s0": 3, "s1": 4}) == -5


def test_equal_formulas_are_the_same_terms(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    assert ((m + n) * (m - n)).terms == (m * m - n * n).terms
    assert ((m + 3) // 4).terms == ((3 + m) // 4).terms
    assert (m * 12 + 7) // 4 == m * 3 + 1
    assert ((m * n + n) // n).terms == (m + 1).terms
    assert sizes.answers == {}


def test_quotients_of_what_is_negative_round_down(sizes):
    n = sizes.symbol(7)
    for value, d in itertools.product(range(2, 20), (1, 2, 3, 5, -2, -3)):
        above = sizes.filled((n // d, -n // d, (5 - n) // d, (3 * n - 20) // d))
        want = value // d, -value // d, (5 - value) // d, (3 * value - 20) // d
        assert above(value) == want


def test_rounding_up_has_a_bound(sizes):
    n = sizes.symbol(7)
    assert sizes.least((-(-n // 4)).terms) >= 0
    assert (-(-n // 4) >= 0) is True
    assert sizes.answers == {}


@pytest.mark.parametrize(
    ("formula", "lowest"),
    [
        (lambda m, n: m, 2),
        (lambda m, n: m + n, 4),
        (lambda m, n: m * n, 4),
        (lambda m, n: m * n - m, 2),
        (lambda m, n: m - 2, 0),
        (lambda m, n: m - n, None),
        (lambda m, n: -m, None),
        (lambda m, n: m // 5, 0),
        (lambda m, n: (m + 8) // 5, 2),
        (lambda m, n: m // n, 0),
        (lambda m, n: (m - n) // 5, None),
        (lambda m, n: m * m - 2 * m, 0),
    ],
)
def test_least(sizes, formula, lowest):
    found = formula(sizes.symbol(5), sizes.symbol(9))
    assert sizes.least(found.terms) == lowest
    assert sizes.is_positive(found) is (lowest is not None and lowest > 0)
    for values in itertools.product(range(LEAST, 9), repeat=2):
        value = sizes.value_of(found.terms, values)
        assert lowest is None or value >= lowest


def test_what_is_known_is_not_asked(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    assert m > 1
    assert m != 1
    assert m
    assert not m < 2
    assert m + n >= 4
    assert m * n > m - 1
    assert m + 1 != m
    assert 0 <= m // 3
    assert sizes.conditions() == []


def test_what_is_asked_is_remembered_once(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    for _ in range(2):
        assert m < n
        assert n > m
        assert m != n
        assert not m > 10
    assert sorted(sizes.conditions()) == ["10 >= s0", "s0 != s1", "s0 < s1"]
    test = sizes.test()
    assert test(5, 9)
    assert test(10, 11)
    assert not test(11, 12)
    assert not test(6, 6)
    assert not test(7, 6)


def test_symbols_are_at_least_two(sizes):
    m, _ = sizes.symbol(5), sizes.symbol(2)
    assert sizes.test()(2, 2)
    assert not sizes.test()(1, 2)
    assert not sizes.test()(5, 0)
    assert m >= LEAST


def test_equalities_and_their_symbols(sizes):
    m, n = sizes.symbol(6), sizes.symbol(6)
    assert m == n
    assert m + 1 == 7
    assert m != 5
    assert m // 4 == 1
    found = [sizes.symbols_of(terms) for terms in sizes.equalities]
    assert found == [{0, 1}, {0}, {0}]


def test_what_is_tried_in_vain_was_never_asked(sizes):
    n = sizes.symbol(7)
    assert n < 10
    before = dict(sizes.answers)

    def fails():
        assert n < 20
        raise KeyError

    assert sizes.tried(fails) is None
    assert sizes.tried(lambda: int(n)) is None
    assert sizes.tried(lambda: n > 100 or None) is None
    assert sizes.answers == before
    assert sizes.tried(lambda: (n < 30, "found")) == (True, "found")
    assert list(sizes.answers)[:1] == list(before)
    assert len(sizes.answers) == 2


def test_an_equality_that_was_known_is_nothing_new_to_what_is_tried(sizes):
    n = sizes.symbol(7)
    assert int(n) == 7
    assert sizes.tried(lambda: int(n)) == 7


def test_filled_keeps_structure_and_everything_else(sizes):
    m, n = sizes.symbol(5), sizes.symbol(9)
    thing = [m, (n + 1, "text", [m * n, None, ()]), object, 2.5, -3]
    found = sizes.filled(thing)(2, 4)
    assert found == [2, (5, "text", [8, None, ()]), object, 2.5, -3]
    assert type(found[1]) is tuple
    assert type(found[1][2]) is list
    assert sizes.filled(m)(3, 4) == 3
    assert sizes.filled(())(3, 4) == ()
    assert sizes.filled((m // n, (m * 3 + 1) // 2))(7, 3) == (2, 11)


def test_numbers_without_symbols_are_ints(sizes):
    n = sizes.symbol(5)
    for number, value in [(n - n, 0), (n - n + 4, 4), (n * 0, 0), ((n * 2) % 2, 0)]:
        assert type(number) is int
        assert number == value
    assert is_symbolic(n + 0)
    assert type(n * 1) is SymInt
    assert hint_of(n * 1) == 5
