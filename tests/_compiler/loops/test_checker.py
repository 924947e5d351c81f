"""The checker refuses what must not be compiled."""

import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import LoopError, check_kernel
from rushlight._compiler.loops.ir import Accumulate, Instruction, Loop, Store
from tests._compiler.loops import samples


@pytest.mark.parametrize("make", [samples.scale, samples.softmax, samples.swap])
def test_good_kernels_pass(make):
    check_kernel(make())
    check_kernel(make(), n=10, rows=3, all=111)


@pytest.mark.parametrize("n, fits", [(0, True), (100, True), (101, False)])
def test_places_stay_in_their_buffers(n, fits):
    if fits:
        check_kernel(samples.strided(), n=n)
        return
    with pytest.raises(LoopError, match=r"leaves its (300|200) elements"):
        check_kernel(samples.strided(), n=n)


def test_a_buffer_smaller_than_its_rows_is_refused():
    with pytest.raises(LoopError, match=r"x\[0\.\.110\] leaves its 110 elements"):
        check_kernel(samples.softmax(), rows=3, all=110)


def _broken(change):
    k = Builder("broken")
    n = k.size("n")
    x, y = k.buffer("x", "f32", n), k.buffer("y", "f64", n, written=True)
    with k.loop("i", n, vector=True) as loop:
        k.store(y, k.const(1, "f64"), i=1)
    change(k, loop, k.load(x, i=1), k.load(y, i=1))
    return k.kernel()


BROKEN = {
    "which is not written": lambda k, loop, x, y: loop.body.append(
        Store("x", (("i", 1),), 0, x)
    ),
    "f32 stored to y: f64": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, x)
    ),
    "has no loop": lambda k, loop, x, y: k.emit(
        Store("y", (("i", 1),), 0, k.const(1, "f64"))
    ),
    "of f32, f64": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, Instruction("add", (x, y), "f64"))
    ),
    "exp with 2 arguments": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, Instruction("exp", (y, y), "f64"))
    ),
    "is not declared": lambda k, loop, x, y: loop.body.append(
        Accumulate("t", "add", x)
    ),
    "a vector loop in a vector loop": lambda k, loop, x, y: loop.body.append(
        Loop("j", 3, vector=True)
    ),
    "used by an outer loop": lambda k, loop, x, y: k.emit(Loop("a", 2, [Loop("a", 2)])),
    "the size m is not": lambda k, loop, x, y: k.emit(Loop("a", "m")),
    "no statement": lambda k, loop, x, y: k.emit("store"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_kernels_are_refused(text):
    with pytest.raises(LoopError, match=text):
        check_kernel(_broken(BROKEN[text]))
