"""Kernels that the tests of the loop language share."""

from rushlight._compiler.loops.builder import Builder


def scale(dtype="f32"):
    """out[i] = x[i] * factor + 1"""
    k = Builder("scale")
    n = k.size("n")
    x, out = k.buffer("x", dtype, n), k.buffer("out", dtype, n, written=True)
    factor = k.number("factor", dtype)
    with k.loop("i", n, vector=True):
        k.store(out, k.add(k.mul(k.load(x, i=1), factor), 1), i=1)
    return k.kernel()


def softmax(dtype="f32", width=37):
    """Each row of a matrix through softmax: two accumulators, three passes."""
    k = Builder("softmax")
    rows = k.size("rows")
    x = k.buffer("x", dtype, "all")
    out = k.buffer("out", dtype, "all", written=True)
    k.size("all")
    with k.loop("r", rows):
        largest = k.declare("largest", dtype, float("-inf"))
        with k.loop("i", width, vector=True):
            k.accumulate(largest, "max", k.load(x, r=width, i=1))
        total = k.declare("total", dtype, 0.0)
        with k.loop("j", width, vector=True):
            k.accumulate(total, "add", k.exp(k.sub(k.load(x, r=width, j=1), largest)))
        with k.loop("m", width, vector=True):
            value = k.exp(k.sub(k.load(x, r=width, m=1), largest))
            k.store(out, k.div(value, total), r=width, m=1)
    return k.kernel()


def swap(dtype="f32"):
    """Two buffers exchange their elements: a load keeps its value (Note [Values])."""
    k = Builder("swap")
    n = k.size("n")
    x, y = (k.buffer(name, dtype, n, written=True) for name in "xy")
    with k.loop("i", n, vector=True):
        first, second = k.load(x, i=1), k.load(y, i=1)
        k.store(x, second, i=1)
        k.store(y, first, i=1)
    return k.kernel()


def strided(dtype="f32"):
    """Every third element doubled, a broadcast one added, into every second place."""
    k = Builder("strided")
    n = k.size("n")
    x, b = k.buffer("x", dtype, 300), k.buffer("b", dtype, 1)
    out = k.buffer("out", dtype, 200, written=True)
    with k.loop("i", n, vector=True):
        value = k.add(k.add(k.load(x, i=3), k.load(x, i=3)), k.load(b))
        k.store(out, value, offset=1, i=2)
    return k.kernel()


def linear(rows=100, width=24, depth=33, block=64):
    """A task: blocks of rows times a matrix, plus a bias, in bfloat16."""
    k = Builder("linear")
    x, w = k.buffer("x", "f32", rows * depth), k.buffer("w", "f32", depth * width)
    bias = k.buffer("bias", "f16", width)
    out = k.buffer("out", "bf16", rows * width, written=True)
    tile = k.local("tile", "f32", block * width)
    with k.loop("b", -(-rows // block), parallel=True):
        some = k.min(block, k.sub(rows, k.mul(k.index("b"), block)))
        a, c = k.place(x, depth, b=block * depth), k.place(tile, width)
        k.product("f32", some, width, depth, a, k.place(w, width), c)
        with k.loop("r", some), k.loop("i", width, vector=True):
            value = k.add(k.load(tile, r=width, i=1), k.load(bias, i=1))
            k.store(out, k.max(value, 0), b=block * width, r=width, i=1)
    return k.kernel()


def columns(rows=20, width=37):
    """A task: the sum of each column, one lane for each."""
    k = Builder("columns")
    x = k.buffer("x", "f32", rows * width)
    out = k.buffer("out", "f32", width, written=True)
    with k.loop("b", -(-width // 16), parallel=True):
        some = k.min(16, k.sub(width, k.mul(k.index("b"), 16)))
        with k.loop("i", some, vector=True):
            total = k.declare("total", "f32", 0)
            with k.loop("j", rows):
                k.accumulate(total, "add", k.load(x, b=16, i=1, j=width))
            k.store(out, total, b=16, i=1)
    return k.kernel()


def shifted(n=40):
    """Elements from two places further on, 0 behind the end; odd ones are kept."""
    k = Builder("shifted")
    x, out = k.buffer("x", "i32", n), k.buffer("out", "u8", n, written=True)
    with k.loop("i", n, vector=True):
        i = k.index("i")
        place = k.add(i, 2)
        value = k.load(x, at=place, zero_unless=k.lt(place, n))
        k.store(out, value, at=i, only_if=k.eq(k.remainder(i, 2), 0))
    return k.kernel()
