"""The memory plan: what lives at one time lies apart."""

import itertools

import numpy as np
import pytest

from rushlight._base.symbols import Sizes
from rushlight._compiler.passes.memory import (
    ALIGNMENT,
    plan_memory,
    plan_symbolic_memory,
)


def _overlap(one, two):
    return one[0] < two[1] and two[0] < one[1]


@pytest.mark.parametrize("seed", range(20))
def test_values_that_live_together_lie_apart(seed):
    rng = np.random.default_rng(seed)
    lives = {}
    for name in range(30):
        first = int(rng.integers(0, 20))
        lives[name] = int(rng.integers(0, 500)), first, first + int(rng.integers(0, 6))
    arena = plan_memory(lives)
    for a, (size_a, first_a, last_a) in lives.items():
        assert arena.offsets[a] % ALIGNMENT == 0
        assert arena.offsets[a] + size_a <= arena.size
        for b, (size_b, first_b, last_b) in lives.items():
            if a < b and first_a <= last_b and first_b <= last_a:
                one = arena.offsets[a], arena.offsets[a] + max(size_a, 1)
                two = arena.offsets[b], arena.offsets[b] + max(size_b, 1)
                assert not _overlap(one, two)


def test_memory_is_taken_again():
    chain = {n: (1000, n, n + 1) for n in range(10)}
    assert plan_memory(chain).size == 2 * 1024
    apart = {n: (1000, n, n) for n in range(10)}
    assert plan_memory(apart).size == 1024


def test_nothing_needs_nothing():
    assert plan_memory({}).size == 0


FORMULAS = [
    lambda m, n: 4 * m,
    lambda m, n: 4 * n,
    lambda m, n: 4 * m * n,
    lambda m, n: 4 * m + 4 * n,
    lambda m, n: 4 * (m // 2),
    lambda m, n: 8 * m,
    lambda m, n: 100,
    lambda m, n: 0,
    lambda m, n: 4 * m - 8,
]


@pytest.mark.parametrize("seed", range(10))
def test_values_of_symbolic_sizes_lie_apart_for_all_sizes(seed):
    rng, sizes = np.random.default_rng(seed), Sizes()
    sizes.is_strict = False
    symbols, lives = [sizes.symbol(7), sizes.symbol(64)], {}
    for name in range(30):
        first, formula = int(rng.integers(0, 20)), FORMULAS[rng.integers(len(FORMULAS))]
        lives[name] = formula(*symbols), first, first + int(rng.integers(0, 6))
    arena = plan_symbolic_memory(lives)
    assert sizes.conditions() == []
    names = list(lives)
    fill = sizes.filled(
        ([arena.offsets[n] for n in names], [lives[n][0] for n in names], arena.size)
    )
    for values in [(7, 64), (2, 2), (1000, 3), (5, 17)]:
        offsets, counts, end = fill(*values)
        places = [(at, at + n) for at, n in zip(offsets, counts, strict=True)]
        assert all(at % ALIGNMENT == 0 for at in offsets)
        assert all(stop <= end for _, stop in places)
        for a, b in itertools.combinations(range(len(names)), 2):
            (_, first, last), (_, other, end_of_other) = lives[a], lives[b]
            if first <= end_of_other and other <= last and counts[a] and counts[b]:
                assert not _overlap(places[a], places[b])


def test_memory_of_equal_formulas_is_taken_again():
    sizes = Sizes()
    sizes.is_strict = False
    n = sizes.symbol(7)
    chain = {k: (4 * n, k, k + 1) for k in range(10)}
    assert sizes.filled((plan_symbolic_memory(chain).size,))(1000) == (2 * 4032,)
    apart = {k: (4 * n, k, k) for k in range(10)}
    assert sizes.filled((plan_symbolic_memory(apart).size,))(1000) == (4032,)
