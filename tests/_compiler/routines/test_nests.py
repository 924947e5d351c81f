"""Nests of loops and whole numbers."""

import numpy as np

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.interpreter import run_kernel
from rushlight._compiler.routines.nests import (
    add,
    all_of,
    copy_box,
    divided,
    fill_zero,
    merged,
    mul,
    rest_of,
)


def test_known_numbers_are_folded():
    k = Builder("none")
    assert add(k, 2, 3) == 5
    assert mul(k, 2, 3) == 6
    assert divided(k, 7, 3) == (2, 1)
    assert rest_of(k, 10, 8, 4) == 2
    assert rest_of(k, 10, 12, 4) == 0
    index = k.index("i")
    assert add(k, index, 0) is index
    assert mul(k, index, 1) is index
    assert mul(k, index, 0) == 0
    assert divided(k, index, 1) == (index, 0)
    assert all_of(k, []) is None


def test_loops_over_one_run_of_memory_are_merged():
    assert merged([(4, 60, 12), (3, 20, 4), (4, 5, 1)]) == [(48, 5, 1)]
    assert merged([(4, 12, 12), (3, 5, 4), (4, 1, 1)]) == [
        (4, 12, 12),
        (3, 5, 4),
        (4, 1, 1),
    ]
    assert merged([(1, 9, 9), (1, 5, 4)]) == [(1, 1, 1)]


def test_a_box_is_copied_where_it_may_be():
    k = Builder("copy")
    source = k.buffer("source", "f32", 12)
    target = k.buffer("target", "f32", 20, written=True)
    fill_zero(k, target, 20)

    def left(names):
        return [k.lt(k.index(names[1]), 2)]

    loops = [(3, 5, 4), (4, 1, 1)]
    copy_box(k, (target, 1, 0), (source, 0, 0), loops, only_if=left)
    arrays = [np.arange(1, 13, dtype=np.float32), np.full(20, 9, np.float32)]
    run_kernel(k.kernel(), (), arrays)
    wanted = np.zeros((4, 5))
    wanted[:3, 1:3] = np.arange(1, 13).reshape(3, 4)[:, :2]
    assert np.array_equal(arrays[1].reshape(4, 5), wanted)
