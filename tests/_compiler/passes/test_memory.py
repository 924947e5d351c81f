"""The memory plan: what lives at one time lies apart."""

import numpy as np
import pytest

from rushlight._compiler.passes.memory import ALIGNMENT, plan_memory


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
