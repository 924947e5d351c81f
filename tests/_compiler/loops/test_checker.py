"""The checker refuses what must not be compiled."""

import pytest

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import LoopError, check_kernel
from rushlight._compiler.loops.ir import (
    Accumulate,
    Declare,
    Instruction,
    Loop,
    Read,
    Store,
)
from tests._compiler.loops import samples


@pytest.mark.parametrize("make", [samples.scale, samples.softmax, samples.swap])
def test_good_kernels_pass(make):
    check_kernel(make())
    check_kernel(make(), n=10, rows=3, all=111)


@pytest.mark.parametrize("make", [samples.linear, samples.columns, samples.shifted])
def test_good_tasks_pass(make):
    check_kernel(make())


def test_a_last_block_must_not_be_whole():
    kernel = samples.columns()
    (loop,) = kernel.body
    loop.body[0].extent = 16
    with pytest.raises(LoopError, match=r"x\[0\.\.750\] leaves its 740 elements"):
        check_kernel(kernel)


def test_products_stay_in_their_buffers():
    kernel = samples.linear()
    (loop,) = kernel.body
    loop.body[0].m = 64
    with pytest.raises(LoopError, match=r"x\[0\.\.4223\] leaves its 3300 elements"):
        check_kernel(kernel)
    loop.body[0].m, loop.body[0].k = 1, 34
    with pytest.raises(LoopError, match="rows of 34 elements in x, 33 apart"):
        check_kernel(kernel)


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
    "no power of two": lambda k, loop, x, y: setattr(loop, "lanes", 12),
    "differs between lanes": lambda k, loop, x, y: loop.body.append(
        Loop("j", k.index("i"))
    ),
    "all lanes store to one": lambda k, loop, x, y: loop.body.append(
        Store("y", (), 0, y)
    ),
    "parallel loop is the whole": lambda k, loop, x, y: k.emit(
        Loop("b", 2, parallel=True)
    ),
    "t is read while": lambda k, loop, x, y: (
        k.body.insert(0, Declare("t", "f64", 0.0)),
        loop.body.append(Accumulate("t", "add", Read("t", "f64"))),
    ),
    "in two ways": lambda k, loop, x, y: (
        k.body.insert(0, Declare("t", "f64", 0.0)),
        loop.body.append(Accumulate("t", "add", y)),
        loop.body.append(Accumulate("t", "max", y)),
    ),
    "is declared around the loop": lambda k, loop, x, y: (
        k.body.insert(0, Declare("t", "f64", 0.0)),
        loop.body.insert(0, Declare("t", "f64", 0.0)),
    ),
    "no way to accumulate": lambda k, loop, x, y: (
        k.body.insert(0, Declare("t", "f64", 0.0)),
        loop.body.append(Accumulate("t", "sub", y)),
    ),
    "is f32, not i64": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, y, at=x)
    ),
    "is f64, not bool": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, y, only_if=y)
    ),
    "cannot be unrolled": lambda k, loop, x, y: k.emit(Loop("j", "n", unroll=True)),
    "z is local": lambda k, loop, x, y: k.local("z", "f32", 3),
    "stands twice": lambda k, loop, x, y: k.buffer("x", "f32", 3),
    "of i64, i64 is no": lambda k, loop, x, y: loop.body.append(
        Store("y", (("i", 1),), 0, k.div(k.index("i"), 2))
    ),
    "no statement": lambda k, loop, x, y: k.emit("store"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_kernels_are_refused(text):
    with pytest.raises(LoopError, match=text):
        check_kernel(_broken(BROKEN[text]))
