"""The loop language as text."""

from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.printer import print_kernel
from tests._compiler.loops import samples


def test_a_pointwise_kernel():
    assert print_kernel(samples.scale()) == (
        "kernel scale(n; x: f32[n], out: f32[n]!; factor: f32)\n"
        "  vector i < n:\n"
        "    out[i] = add(mul(x[i], factor), 1)"
    )


def test_a_row_kernel():
    text = print_kernel(samples.softmax())
    assert "  for r < rows:\n    largest: f32 = -inf\n    vector i < 37:" in text
    assert "      largest = max(largest, x[37*r + i])" in text
    assert "out[37*r + m] = div(exp(sub(x[37*r + m], largest)), total)" in text


def test_places():
    text = print_kernel(samples.strided())
    assert "out[2*i + 1] = add(add(x[3*i], x[3*i]), b[0])" in text


def test_a_task():
    assert print_kernel(samples.linear()) == (
        "kernel linear(x: f32[3300], w: f32[792], bias: f16[24], "
        "out: bf16[2400]!)\n"
        "  local tile: f32[1536]!\n"
        "  parallel b < 2:\n"
        "    %1 = min(64, sub(100, mul(b, 64)))\n"
        "    tile[0; 24] = 1 * x[2112*b; 33] @ w[0; 24] of f32(%1, 24, 33)\n"
        "    for r < %1:\n"
        "      vector i < 24:\n"
        "        out[1536*b + 24*r + i] = max(add(tile[24*r + i], bias[i]), 0)"
    )


def test_gathers_and_conditions():
    text = print_kernel(samples.shifted())
    assert "    %1 = add(i, 2)\n" in text
    assert "if eq(remainder(i, 2), 0): out[i] = (x[%1] if lt(%1, 40) else 0)" in text


def test_constants_are_exact():
    k = Builder("exact")
    out = k.buffer("out", "f64", 3, written=True, may_coincide=True)
    k.store(out, k.add(k.const(0.1 + 0.2, "f64"), k.cast(k.const(2, "i64"), "f64")))
    assert print_kernel(k.kernel()) == (
        "kernel exact(out: f64[3]!~)\n  out[0] = add(0.30000000000000004, f64(2: i64))"
    )


def test_wide_and_unrolled_loops():
    k = Builder("loops")
    out = k.buffer("out", "f32", 64, written=True)
    with k.loop("i", 64, vector=True, lanes=32):
        total = k.declare("total", "f32", 0)
        with k.loop("j", 3, unroll=True):
            k.accumulate(total, "add", k.const(2.0))
        k.store(out, total, i=1)
    text = print_kernel(k.kernel())
    assert "  vector i < 64 by 32:\n    total: f32 = 0\n    unroll j < 3:\n" in text


def test_places_that_go_down():
    k = Builder("down")
    x, out = k.buffer("x", "f32", 20), k.buffer("out", "f32", 10, written=True)
    with k.loop("i", 10, vector=True):
        k.store(out, k.add(k.load(x, i=-1, offset=9), k.load(x, i=-2, offset=19)), i=1)
    assert "add(x[-i + 9], x[-2*i + 19])" in print_kernel(k.kernel())
