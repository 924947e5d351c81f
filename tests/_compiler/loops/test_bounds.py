"""Bounds of integer expressions over loops."""

from rushlight._compiler.loops.bounds import Bounds
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.ir import Load

k = Builder("none")
b, i = k.index("b"), k.index("i")
SHORT = k.min(64, k.sub(100, k.mul(b, 64)))


def bounds(*loops, **sizes):
    found = Bounds(sizes)
    for index, extent in loops:
        found = found.inside(index, extent)
    return found


def test_a_last_block_is_short():
    inside = bounds(("b", 2), ("i", SHORT))
    assert inside.range(k.add(k.mul(b, 64), i)) == (0, 99)
    assert inside.range(i) == (0, 63)
    assert inside.range(k.sub(k.mul(b, -64), i)) == (-99, 0)
    load = Load("x", (("b", 128), ("i", 2)), 5, "f32")
    assert inside.place(load) == (5, 203)


def test_extents_that_may_be_negative():
    inside = bounds(("b", 3), ("i", k.max(0, SHORT)))
    assert inside.range(k.add(k.mul(b, 64), i)) == (0, 99)


def test_sizes():
    assert bounds(("i", "n")).range(i) == (0, None)
    assert bounds(("i", "n"), n=7).range(k.add(i, k.index("n"))) == (7, 13)
    assert bounds(("i", "n"), n=0).is_empty()
    assert not bounds(("i", "n")).is_empty()


def test_what_is_not_affine():
    inside = bounds(("b", 5), ("i", 10))
    assert inside.range(k.remainder(k.mul(i, i), 7)) == (0, 6)
    assert inside.range(k.floordiv(i, 4)) == (0, 2)
    assert inside.range(k.mul(b, i)) == (0, 36)
    assert inside.range(k.min(i, 3)) == (0, 3)
    assert inside.range(k.max(i, 3)) == (3, 9)
    assert inside.range(k.where(k.lt(i, 2), b, 20)) == (0, 20)
    unknown = k.load(k.buffer("x", "i64", 3), i=1)
    assert inside.range(k.add(unknown, 1)) == (None, None)
    at = k.floordiv(i, 4)
    assert inside.place(Load("x", (("b", 3),), 1, "f32", at)) == (1, 15)
