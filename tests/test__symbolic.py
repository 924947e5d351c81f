"""torch's functions of numbers that may be symbolic."""

import math

import pytest

import rushlight as t


def test_of_plain_numbers():
    assert (t.sym_int(3.7), t.sym_int(-3.7), t.sym_float(2)) == (3, -3, 2.0)
    found = t.sym_max(2, 3.0), t.sym_max(4, 3.0), t.sym_min(1, 2), t.sym_min(2.0, 1)
    assert found == (3.0, 4.0, 1, 1.0)
    assert [type(n) for n in found] == [float, float, int, float]
    assert t.sym_not(True) is False and t.sym_sum([1, 2]) == 3
    assert t.sym_sqrt(4) == 2.0
    with pytest.raises(ValueError):
        t.sym_sqrt(-1)


def test_of_symbolic_sizes():
    def f(x):
        n = x.shape[0]
        assert isinstance(n, (int, t.SymInt)) and isinstance(n / 2, float)
        scale = t.sym_sqrt(n) + t.sym_float(n)
        return x * scale + t.sym_max(n, 1) + t.sym_min(n, 1) + t.sym_sum([n, n])

    def plain(x):
        n = len(x)
        return x * (math.sqrt(n) + n) + n + 1 + 2 * n

    compiled = t.compile(f, dynamic=True, fullgraph=False)
    for size in (3, 4, 50):
        x = t.ones(size)
        assert t.allclose(compiled(x), plain(x))
    assert len(compiled.kinds) <= 1
