"""SymFloat: what it computes is what floats compute, to the last bit."""

import copy
import enum
import math
import pickle

import numpy as np
import pytest

from rushlight._base.sized import with_values
from rushlight._base.symbols import Sizes
from rushlight._base.symfloat import SymFloat


class Four(enum.IntEnum):
    FOUR = 4


_FORMULAS = [
    lambda m, n: m / n,
    lambda m, n: 1 / n,
    lambda m, n: n**-0.5,
    lambda m, n: n**0.5,
    lambda m, n: n**-1,
    lambda m, n: 2.5 ** (1 / n),
    lambda m, n: (m / 3 + 1.5) * n,
    lambda m, n: 10.0 - m * 0.1,
    lambda m, n: (m - n) / (m + 1),
    lambda m, n: (m * 0.7) ** -1.5,
    lambda m, n: -(m / 7) + n,
    lambda m, n: m * math.inf,
    lambda m, n: m + math.nan,
    lambda m, n: m * np.float64(0.3),
    lambda m, n: m / Four.FOUR,
    lambda m, n: m / True,
    lambda m, n: (m // 2) / (n * m),
    lambda m, n: 1 / (n + 0.5) - 3 / m,
]


@pytest.mark.parametrize("formula", _FORMULAS)
def test_formulas(formula):
    sizes = Sizes()
    found = formula(sizes.symbol(7), sizes.symbol(10))
    assert type(found) is SymFloat
    assert isinstance(found, float)
    assert sizes.conditions() == []
    sizes.is_strict = False
    fill = sizes.filled((found,))
    for values in [(7, 10), (2, 2), (13, 3), (1000, 64)]:
        want = formula(*values)
        for got in (with_values(found, values), fill(*values)[0]):
            assert got == want or (got != got and want != want)
    np.testing.assert_equal(found.hint, float(formula(7, 10)))


@pytest.mark.parametrize(
    "use",
    [
        float,
        int,
        bool,
        str,
        repr,
        hash,
        abs,
        round,
        math.floor,
        math.ceil,
        math.trunc,
        math.sqrt,
        "{:.3f}".format,
        lambda x: round(x, 2),
        lambda x: x > 0.5,
        lambda x: x == 3.5,
        lambda x: x != 3.5,
        lambda x: x <= 7,
        lambda x: 3.5 == x,
        lambda x: x == 3.5 + 0j,
        lambda x: x // 2,
        lambda x: 20 // x,
        lambda x: x % 2,
        lambda x: 20 % x,
        lambda x: x.is_integer(),
        lambda x: {x: 1},
        lambda x: (x - 10) ** 2,
        lambda x: pickle.loads(pickle.dumps(x)),
    ],
)
def test_where_the_number_is_needed_it_is_fixed(use):
    sizes = Sizes()
    found, want = use(sizes.symbol(7) / 2), use(3.5)
    assert found == want
    assert type(found) is type(want)
    assert sizes.conditions() == ["7 == s0"]


def test_copies_ask_nothing():
    sizes = Sizes()
    half = sizes.symbol(7) / 2
    assert copy.copy(half) is half
    assert copy.deepcopy([half])[0] is half
    assert sizes.conditions() == []


@pytest.mark.parametrize(
    "use", [lambda n: 1.0 / (n - 7), lambda n: 1 / (n / 2 - 3.5), lambda n: n / 0.0]
)
def test_division_by_zero(use):
    sizes = Sizes()
    with pytest.raises(ZeroDivisionError):
        use(sizes.symbol(7))
    assert sizes.test()(7)


def test_divisors_and_bases_are_asked():
    sizes = Sizes()
    n = sizes.symbol(9)
    assert (1 / (n - 7)).hint == 0.5
    assert sizes.conditions() == ["7 != s0"]
    assert (n - 5) ** 0.5 == 2
    assert not sizes.test()(4)


def test_a_root_of_what_may_be_negative_is_fixed():
    sizes = Sizes()
    n = sizes.symbol(3)
    assert (n - 7) ** 0.5 == (-4) ** 0.5
    assert sizes.conditions() == ["3 == s0"]


def test_others_have_their_say():
    half = Sizes().symbol(7) / 2
    with pytest.raises(TypeError):
        half + "x"
    with pytest.raises(TypeError):
        sorted([half, "x"])
    with pytest.raises(AttributeError):
        half.upper()
    assert half != "x"
