"""SymInt: what it computes is what ints compute, for the hints and for other values."""

import copy
import math
import operator
import pickle
from fractions import Fraction

import numpy as np
import pytest

from rushlight._base.symbols import LEAST, Sizes
from rushlight._base.symint import SymInt, fixed, hint_of, is_symbolic

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

_ARITHMETIC = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.floordiv,
    operator.mod,
    lambda x, y: divmod(x, y)[0] - divmod(x, y)[1],
    lambda x, y: -(-x // y),
    lambda x, y: abs(x) + y,
    lambda x, y: x**2 - y,
    max,
    min,
]
_COMPARISONS = [getattr(operator, name) for name in "lt le gt ge eq ne".split()]
_SIZES = st.lists(st.integers(LEAST, 20), min_size=2, max_size=2)
_STEPS = st.lists(
    st.tuples(
        st.integers(0, len(_ARITHMETIC) + 1),
        st.integers(0, 9),
        st.one_of(st.none(), st.integers(-4, 9)),
    ),
    min_size=1,
    max_size=6,
)


def run(steps, symbols):
    """(numbers, answers) of a program; None where a divisor is 0."""
    known, answers = list(symbols), []
    try:
        for op, pick, number in steps:
            x = known[pick % len(known)]
            y = known[-1 - pick % 2] if number is None else number
            if op < len(_ARITHMETIC):
                known.append(_ARITHMETIC[op](x, y))
            else:
                compare = _COMPARISONS[pick % len(_COMPARISONS)]
                answers.append(compare(known[-1], y))
                answers.append(bool(x - 3))
    except ZeroDivisionError:
        return None
    return known, answers


@given(_STEPS, _SIZES, st.lists(_SIZES, min_size=4, max_size=4))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_formulas_are_right_wherever_their_conditions_hold(steps, hints, others):
    sizes = Sizes()
    symbols = [sizes.symbol(hint) for hint in hints]
    found, want = run(steps, symbols), run(steps, hints)
    test = sizes.test()
    assert test(*hints)
    assert (found is None) == (want is None)
    if found is None:
        return
    numbers, answers = found
    assert [hint_of(n) for n in numbers] == want[0]
    assert answers == want[1]
    fill, conditions = sizes.filled(numbers), len(sizes.answers)
    for values in [hints, *others]:
        if not test(*values):
            continue
        want = run(steps, values)
        if want is None:  # a quotient is by 0 that nobody needs to know
            continue
        assert fill(*values) == want[0]
        assert answers == want[1]
        for number, value in zip(numbers, want[0], strict=True):
            if is_symbolic(number):
                assert sizes.value_of(number.terms, values) == value
                lowest = sizes.least(number.terms)
                assert lowest is None or lowest <= value
    assert len(sizes.answers) == conditions


@pytest.fixture
def n():
    return Sizes().symbol(7)


def conditions(n):
    return n.sizes.conditions()


def test_it_is_an_int(n):
    assert isinstance(n, int)
    assert n.__class__ is int
    assert not isinstance(n, float)
    assert is_symbolic(n)
    assert isinstance(n + 1, int)
    assert conditions(n) == []


@pytest.mark.parametrize(
    "use",
    [
        operator.index,
        int,
        float,
        complex,
        hash,
        str,
        repr,
        bin,
        math.sqrt,
        math.log,
        math.isqrt,
        np.zeros,
        "{}".format,
        "{:>5d}".format,
        "%d".__mod__,
        "%s".__mod__,
        lambda n: f"{n!r}",
        lambda n: list(range(n)),
        lambda n: [0] * n,
        lambda n: n * [0],
        lambda n: "ab" * n,
        lambda n: n * (1, 2),
        lambda n: list("abcdefghi")[n],
        lambda n: "abcdefghi"[:n],
        lambda n: {7: "seven"}.get(n),
        lambda n: n in {3, 7},
        lambda n: {n: 1},
        lambda n: n & 3,
        lambda n: 12 | n,
        lambda n: n << 2,
        lambda n: 1 << n,
        lambda n: n**11,
        lambda n: 2**n,
        lambda n: pow(n, 3, 5),
        lambda n: round(n, -1),
        lambda n: n.bit_length(),
        lambda n: n.numerator,
        lambda n: math.gcd(n, 14),
        lambda n: n % 2.5,
        lambda n: divmod(n, 2.5),
        lambda n: divmod(100.5, n),
        lambda n: n // 2.5,
        lambda n: 20.5 // n,
        lambda n: 20.5 % n,
        lambda n: n == 7.0,
        lambda n: n < 7.5,
        lambda n: n == 7 + 0j,
        lambda n: n != 7 + 0j,
        lambda n: Fraction(1, 2) + n,
        lambda n: Fraction(14, 2) == n,
        lambda n: pickle.loads(pickle.dumps(n)),
    ],
)
def test_where_the_number_is_needed_it_is_fixed(n, use):
    found, want = use(n), use(7)
    if isinstance(want, np.ndarray):
        found, want = found.shape, want.shape
    assert found == want
    assert type(found) is type(want)
    assert conditions(n) == ["7 == s0"]
    assert n.sizes.test()(7)
    assert not n.sizes.test()(8)


@pytest.mark.parametrize(
    ("use", "value"),
    [
        (copy.copy, 7),
        (copy.deepcopy, 7),
        (math.floor, 7),
        (math.ceil, 7),
        (math.trunc, 7),
        (round, 7),
        (lambda n: +n, 7),
        (lambda n: n**3, 343),
        (lambda n: sum([n, n, 1]), 15),
        (lambda n: math.prod([n, 2]), 14),
        (lambda n: np.int64(3) + n, 10),
        (lambda n: n * np.int32(3), 21),
        (lambda n: True + n, 8),
        (lambda n: abs(n), 7),
        (lambda n: abs(-n), 7),
        (lambda n: n == "7", False),
        (lambda n: n == None, False),  # noqa: E711
        (lambda n: n == n + 1, False),
        (lambda n: n >= 2, True),
        (lambda n: n < 2, False),
        (lambda n: bool(n), True),
        (lambda n: n - n, 0),
        (lambda n: (n * 6) // 3, 14),
        (lambda n: (n * n) // n, 7),
        (lambda n: (n * 4) % 2, 0),
        (lambda n: 0 // n, 0),
    ],
)
def test_what_needs_no_number_asks_nothing(n, use, value):
    assert hint_of(use(n)) == value
    assert conditions(n) == []


@pytest.mark.parametrize(
    "use",
    [
        lambda n: n // 0,
        lambda n: n % 0,
        lambda n: 1 // (n - 7),
        lambda n: n // (n - 7),
        lambda n: (n - 7) // (n - 7),
        lambda n: n / 0,
        lambda n: 1 / (n - 7),
        lambda n: (n - 7) ** -1,
        lambda n: divmod(3, n - 7),
    ],
)
def test_division_by_zero(n, use):
    with pytest.raises(ZeroDivisionError):
        use(n)
    assert n.sizes.test()(7)


def test_divisors_are_asked_whether_they_are_zero(n):
    assert fixed((n - 5) * 3 // (n - 5)) == 3
    assert not n.sizes.test()(5)


@pytest.mark.parametrize(
    "use",
    [
        lambda n: n + "x",
        lambda n: n < "x",
        lambda n: [] - n,
        lambda n: n + None,
        lambda n: n % None,
        lambda n: n.upper(),
    ],
)
def test_what_an_int_cannot_neither_can_it(n, use):
    for number in (7, n):
        with pytest.raises((TypeError, AttributeError)):
            use(number)


def test_after_tracing_it_has_a_name_and_a_hash_of_its_own(n):
    n.sizes.is_strict = False
    assert str(2 * n + 1) == f"{2 * n + 1}" == "2 * s0 + 1"
    assert len({n, n + 0, n + 1, n * 2}) == 3
    assert {(n + 1, 3): "here"}[(1 + n, 3)] == "here"
    assert conditions(n) == []


def test_symbols_of_two_traces_are_not_equal(n):
    assert n != Sizes().symbol(7)
    assert type(n) is SymInt
