"""The loop language as text."""

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
