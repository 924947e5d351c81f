"""Which sizes become symbols, after which calls, and which do not."""

import numpy as np
import pytest

import rushlight as t
from rushlight._compiler.capture.sizes import (
    Group,
    Symbols,
    changing,
    is_any_small,
    kind_of,
    numbers_of,
    without_last_moved,
)
from rushlight._compiler.compiled import Compiled

pytest.importorskip("llvmlite")


def compiled(function, **options):
    return Compiled(function, say=lambda *_: None, **options)


def call(c, *args):
    """Call it as it is and uncompiled, and compare."""
    found, want = c(*args), c.function(*args)
    np.testing.assert_allclose(found.numpy(), want.numpy(), rtol=1e-5, atol=1e-6)


def symbolic(c):
    """The places that are symbols, of each entry with symbols."""
    entries = [entry for _, entry in c.kinds if entry.symbols]
    return [[group.places for group in e.symbols.groups] for e in entries]


def x(*shape):
    return t.ones(*shape).cumsum(0)


def test_the_first_two_sizes_are_compiled_for_themselves():
    c = compiled(lambda x: x.exp().sum(1))
    for n, kinds in [(4, 1), (3, 2), (4, 2), (9, 3), (20, 3), (2, 3), (4, 3)]:
        call(c, x(n, 5))
        assert len(c.kinds) == kinds
    assert symbolic(c) == [[((0, 0),)]]


def test_two_hundred_sizes_are_a_few_kinds():
    c = compiled(lambda x, y: (x * y + x.shape[0]).sum(0) / y.shape[1])
    for n in range(1, 201):
        call(c, x(n, 3), x(n, 3))
    assert len(c.kinds) == 3  # of one row, of two, and of all others
    assert symbolic(c) == [[((0, 0), (1, 0))]]
    assert c.reasons == []


def test_other_kinds_count_for_themselves():
    c = compiled(lambda x: x * 2)
    for n in (3, 4):
        call(c, x(n))
        call(c, x(n).double())
        call(c, x(n, 2))
        call(c, x(n).requires_grad_().detach())
    assert symbolic(c) == []
    call(c, x(5))
    assert len(symbolic(c)) == 1
    call(c, x(5).double())
    assert len(symbolic(c)) == 2
    call(c, x(5, 2))
    assert len(symbolic(c)) == 3


def test_never_and_at_once():
    c = compiled(lambda x: x * 2, dynamic=False)
    for n in range(2, 7):
        call(c, x(n, 3))
    assert len(c.kinds) == 5
    assert symbolic(c) == []
    c = compiled(lambda x: x * 2, dynamic=True)
    for n in range(2, 7):
        call(c, x(n, n + 1))
    assert symbolic(c) == [[((0, 0),), ((0, 1),)]]


def test_sizes_that_are_equal_in_all_calls_are_one():
    c = compiled(lambda x, y: x @ y)
    for n, m in [(3, 4), (5, 6), (7, 4), (8, 9)]:
        call(c, x(n, m), x(m, n))
    assert symbolic(c) == [[((0, 0), (1, 1)), ((0, 1), (1, 0))]]
    call(c, x(6, 6), x(6, 6))
    assert len(c.kinds) == 3
    call(c, x(6, 5), x(5, 7))  # what were one are two now
    assert len(c.kinds) == 4
    assert len(symbolic(c)[1]) == 3
    call(c, x(2, 3), x(3, 9))
    assert len(c.kinds) == 4


def test_sizes_that_are_equal_by_chance_are_told_apart():
    c = compiled(lambda x, y: x.sum() * y.mean(), dynamic=True)
    call(c, x(5, 5), x(5))
    call(c, x(5, 5), x(7))
    call(c, x(3, 4), x(8))
    count = len(c.kinds)
    for n in range(2, 9):
        call(c, x(n, 4), x(11))
    assert len(c.kinds) == count <= 3


def test_nought_and_one_are_no_symbols():
    c = compiled(lambda x, y: x + y, dynamic=True)
    call(c, x(3, 1), x(1, 4))
    call(c, x(8, 1), x(1, 5))
    assert symbolic(c) == [[((0, 0),), ((1, 1),)]]
    call(c, x(8, 5), x(1, 5))
    call(c, x(1, 1), x(1, 1))
    call(c, x(0, 1), x(1, 3))
    call(c, x(8, 1), x(1, 1))
    call(c, x(9, 1), x(1, 3))
    assert sorted(len(groups) for groups in symbolic(c)) == [1, 1, 2, 2]


def test_a_changing_size_that_is_one_now():
    c = compiled(lambda x: x / x.sum(0))
    for n in (4, 3, 1, 5, 1, 2, 0, 8):
        call(c, x(n, 2))
    assert symbolic(c) == [[((0, 0),)]]
    assert len(c.kinds) == 5  # 4, 3, 1, the symbol's, 0


@pytest.mark.parametrize("dynamic", [None, True])
def test_a_first_call_of_one_row_prevents_nothing(dynamic):
    weight = t.ones(6, 2)
    c = compiled(lambda x: x @ weight, dynamic=dynamic)
    for n in (1, 4, 1, 3, 5, 6, 7, 0, 9, 10, 11, 12, 13):
        call(c, x(n, 6))
    assert symbolic(c) == [[((0, 0),)]]
    assert c.reasons == []


def test_changing_numbers_are_symbols():
    c = compiled(lambda x, n, how: x[:n] * n if how else x)
    for n in (2, 3, 4, 7, 5):
        call(c, x(9), n, True)
    assert symbolic(c) == [[((1, None),)]]
    assert len(c.kinds) == 3
    call(c, x(9), 4, False)
    assert len(c.kinds) == 4
    for n in (-3, 0, 1):
        call(c, x(9), n, True)
    assert len(symbolic(c)) == 1


def test_numbers_do_not_change_at_once():
    """Whoever says dynamic=True speaks of sizes; a number may be an axis."""
    c = compiled(lambda x, dim: x.sum(dim), dynamic=True)
    call(c, x(2, 3, 4, 5), 2)
    call(c, x(2, 3, 4, 5), 3)
    call(c, x(2, 3, 4, 5), -1)
    assert all(where[1] is not None for e in symbolic(c) for g in e for where in g)


def test_a_number_and_a_size_that_are_equal_are_two_symbols():
    c = compiled(lambda x, n: x * n)
    for n in (2, 3, 4, 5):
        call(c, x(n), n)
    assert symbolic(c) == [[((0, 0),), ((1, None),)]]
    call(c, x(9), 6)
    assert len(c.kinds) == 3


def test_trees_of_tensors():
    def f(rows, *, named):
        return t.cat([*rows, named["a"]]).cumsum(0) * named["n"]

    c = compiled(f)
    for n in (2, 3, 4, 5, 6):
        args, named = [x(n, 2), x(n + 1, 2)], {"a": x(3, 2), "n": 2}
        found = c(args, named=named)
        np.testing.assert_allclose(found.numpy(), f(args, named=named).numpy())
    assert symbolic(c) == [[((0, 0),), ((1, 0),)]]
    assert len(c.kinds) == 3


def test_the_same_tensor_twice():
    c = compiled(lambda x, y: x * 2 + y, dynamic=True)
    one = x(4, 3)
    call(c, one, one)
    call(c, x(5, 3), x(5, 3))
    call(c, *[x(6, 3)] * 2)
    assert [len(groups) for groups in symbolic(c)] == [2, 2]
    assert len(c.kinds) == 2


def test_what_is_asked_fixes_what_was_asked():
    c = compiled(lambda x: x * float(x.shape[1]), dynamic=True)
    call(c, x(3, 4))
    assert symbolic(c) == [[((0, 0),)]]
    call(c, x(5, 4))
    assert len(c.kinds) == 1
    call(c, x(5, 6))
    assert len(c.kinds) == 2


def test_a_size_that_is_a_parameters_by_chance():
    """A batch of 6 rows, and 6 columns: the rows are a symbol all the same."""
    weight = t.ones(6, 2)
    c = compiled(lambda x: x @ weight, dynamic=True)
    call(c, x(6, 6))
    assert symbolic(c) == [[((0, 0),)]]
    for n in (2, 3, 9):
        call(c, x(n, 6))
    assert len(c.kinds) == 1


def test_a_square_whose_columns_are_known():
    """Taken for one symbol at first, and taken apart for good."""
    c = compiled(lambda x: x.sum(0).expand(x.shape[0], 5) * x, dynamic=True)
    for n in (5, 7, 2, 5, 9):
        call(c, x(n, 5))
    assert symbolic(c) == [[((0, 0),)]]
    assert len(c.kinds) == 1


def test_errors_are_those_of_the_function():
    def f(x):
        assert x.shape[0] <= 6, "too long"
        return x.reshape(-1, 2) * 2

    c = compiled(f, dynamic=True)
    call(c, x(4))
    call(c, x(6))
    with pytest.raises(AssertionError, match="too long"):
        c(x(8))
    with pytest.raises(RuntimeError):
        c(x(5))
    call(c, x(2))


def test_a_leaked_size_is_a_number():
    """What a function writes elsewhere is never a formula."""
    seen = []

    def f(x):
        seen.append(x.shape[0])
        return x * 2

    c = compiled(f, dynamic=True)
    for n in (3, 4, 5):
        call(c, x(n))
    assert seen == [3, 3, 4, 4, 5, 5]
    assert all(type(n) is int for n in seen)


def test_attributes_are_numbers():
    class Remembers(t.nn.Module):
        def forward(self, x):
            self.rows = x.shape[0]
            return x * self.rows

    c = compiled(Remembers(), dynamic=True)
    for n in (3, 4, 5):
        call(c, x(n))
        assert type(c.function.rows) is int
        assert c.function.rows == n


# ---------------------------------------------------------------------- the parts


def _key(*shapes, plan=0):
    parts = [(s, "f4", False, n) if type(s) is tuple else (int, s) for n, s in shapes]
    return plan, True, "f4", tuple(parts)


def _keys(*calls):
    return [_key(*enumerate(shapes)) for shapes in calls]


def test_kinds_leave_sizes_out():
    one, two, other = _keys([(3, 4), 7], [(5, 1), 2], [(5,), 2])
    assert kind_of(one) == kind_of(two)
    assert kind_of(one) != kind_of(other)
    assert numbers_of(one) == {(0, 0): 3, (0, 1): 4, (1, None): 7}


def test_changing_numbers_are_grouped():
    keys = _keys([(3, 4), (3,), 3], [(5, 4), (5,), 5], [(7, 4), (7,), 7])
    found = changing(keys)
    assert found == [Group(((0, 0), (1, 0))), Group(((2, None),))]
    assert changing(keys[:1]) == []
    assert changing(keys[:1], at_once=True) == [
        Group(((0, 0), (1, 0))),
        Group(((0, 1),)),
    ]
    assert changing(_keys([(3, 4)], [(1, 4)])) == []


def test_whether_a_changing_number_is_small():
    assert not is_any_small(_keys([(3, 1)], [(4, 1)]))
    assert is_any_small(_keys([(3, 1)], [(1, 1)]))
    assert is_any_small(_keys([(3,), 5], [(4,), 0]))
    assert is_any_small(_keys([(3, 1)], [(4, 1)]), at_once=True)
    assert not is_any_small(_keys([(3, 4), 1]), at_once=True)


def test_a_moved_group_that_fails_is_given_up_or_taken_apart():
    one, two = Group(((0, 0),)), Group(((0, 1), (1, 2), (2, 1)))
    assert without_last_moved([one, two]) == []
    assert without_last_moved([one._replace(moved=1), two]) == [two]
    found = without_last_moved([one, two._replace(moved=3)])
    assert found == [one, Group(((0, 1), (2, 1))), Group(((1, 2),), 4)]


def _symbols(*groups):
    leaves = [t.ones(3, 4), t.ones(3), 8]
    (key,) = _keys([(3, 4), (3,), 8])
    return Symbols([Group(g) for g in groups], leaves, key), leaves, key


def test_symbols_stand_in_the_places_of_sizes():
    symbols, leaves, _ = _symbols(((0, 0), (1, 0)), ((2, None),))
    n, four = symbols.shapes[id(leaves[0]._array)]
    assert n.hint == 3
    assert four == 4
    assert symbols.shapes[id(leaves[1]._array)] == (n,)
    assert symbols.replace(leaves)[2].hint == 8
    assert symbols.replace(leaves)[0] is leaves[0]
    assert symbols.values(leaves) == (3, 8)
    assert symbols.values([t.ones(5, 4), t.ones(5), 2]) == (5, 2)
    assert symbols.names() == {(0, 0): "s0", (1, 0): "s0", (2, None): "s1"}


def test_which_calls_symbols_fit():
    symbols, _, key = _symbols(((0, 0), (1, 0)), ((2, None),))
    other, apart, wider = _keys([(9, 4), (9,), 2], [(9, 4), (8,), 2], [(9, 5), (9,), 2])
    assert symbols.fit(key)
    assert symbols.fit(other)
    assert not symbols.fit(apart)
    assert not symbols.fit(wider)


def test_groups_after_what_was_found():
    symbols, leaves, _ = _symbols(((0, 0),), ((1, 0),), ((0, 1),))
    (rows, columns), (length,) = (symbols.shapes[id(x._array)] for x in leaves[:2])
    assert symbols.groups_after() is None
    assert rows < columns
    assert symbols.groups_after() is None
    assert rows == length
    assert symbols.groups_after() == [Group(((0, 0), (1, 0))), Group(((0, 1),))]
    assert columns == 4
    assert symbols.groups_after() == [Group(((0, 0), (1, 0))), Group(((0, 1),), 1)]
    assert "4 == s2" in symbols.why_fixed()


def test_what_divides_a_size_is_a_condition_and_fixes_nothing():
    functional = t.nn.functional

    def skip(x):
        half = functional.max_pool1d(x, 2)
        return t.cat([x, functional.interpolate(half, scale_factor=2)], 1)

    c = compiled(skip, dynamic=True)
    for length in (16, 6, 40, 4):
        call(c, t.arange(6.0 * length).reshape(2, 3, length))
    assert len(c.kinds) == 1
    assert "s2 == 2 * ((s2) // (2))" in c.kinds[0][1].symbols.sizes.conditions()
    with pytest.raises(RuntimeError, match="shapes that fit"):
        c(t.ones(2, 3, 7))


def test_what_few_sizes_meet_fixes_them():
    c = compiled(lambda x: x.split(2, 1)[0] * 2, dynamic=True)
    call(c, t.arange(18.0).reshape(3, 6))  # three pieces, as of 5, and of no other
    assert symbolic(c) == [[((0, 0),)]]
