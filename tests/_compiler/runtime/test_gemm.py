"""Matrix products as steps: right, alone on their thread, bit-identical."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._compiler.runtime import blas, gemm
from rushlight._compiler.runtime import team as teams
from rushlight._compiler.runtime.gemm import gemm_blocks, gemm_step
from rushlight._compiler.runtime.program import Program
from rushlight._compiler.runtime.team import Team

pytestmark = pytest.mark.skipif(
    not blas.is_available(), reason="needs a BLAS that machine code can call"
)

DTYPES = {"f32": np.float32, "f64": np.float64}
# m, n, k, batch
SHAPES = [
    (1, 1, 1, 1),
    (3, 5, 7, 1),
    (64, 128, 784, 1),
    (33, 65, 130, 1),
    (1, 512, 100, 1),
    (16, 10, 300, 1),
    (64, 64, 32, 6),
    (5, 4, 0, 2),
    (0, 4, 3, 1),
    (4, 0, 3, 1),
    (70, 200, 40, 3),
]


def matrices(dtype, m, n, k, batch, transpose_a, transpose_b):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(batch, k, m) if transpose_a else (batch, m, k))
    b = rng.normal(size=(batch, n, k) if transpose_b else (batch, k, n))
    c = rng.normal(size=(batch, m, n))
    return [x.astype(DTYPES[dtype]) for x in (a, b, c)]


def at(array):
    return array.ctypes.data


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("flips", [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("blocks", [None, (16, 24, 100)])
@pytest.mark.parametrize("accumulate", [False, True])
def test_products(dtype, shape, flips, blocks, accumulate):
    m, n, k, batch = shape
    a, b, c = matrices(dtype, *shape, *flips)
    left, right = (x.swapaxes(1, 2) if f else x for x, f in zip((a, b), flips))
    expected = left.astype("f8") @ right.astype("f8") + accumulate * c
    options = dict(zip(("transpose_a", "transpose_b"), flips))
    step = gemm_step(
        *(dtype, (0, 0), (1, 0), (2, 0), m, n, k),
        batch=batch,
        blocks=blocks,
        accumulate=accumulate,
        **options,
    )
    Program([step]).run([at(a), at(b), at(c)])
    scale = (8e-7 if dtype == "f32" else 2e-15) * max(k, 1)
    np.testing.assert_allclose(c, expected, rtol=0, atol=scale)


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (33, 65, 130, 1), (40, 50, 300, 3)])
@pytest.mark.parametrize("blocks", [None, (16, 24, 100)])
def test_a_bias_is_added_to_each_row(shape, blocks):
    m, n, k, batch = shape
    a, b, c = matrices("f64", *shape, 0, 0)
    bias = np.arange(n) + 0.5
    step = gemm_step(
        *("f64", (0, 0), (1, 0), (2, 0), m, n, k),
        batch=batch,
        blocks=blocks,
        bias=(3, 0),
    )
    Program([step]).run_on([a, b, c, bias])
    np.testing.assert_allclose(c, a @ b + bias, atol=1e-12)


def test_strides_between_rows_and_matrices():
    """Parts of wider matrices, and one right factor for all of a batch."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 8, 20)), rng.normal(size=(6, 9))
    c = np.zeros((3, 10, 15))
    step = gemm_step(
        *("f64", (0, 8 * 4), (1, 8 * 2), (2, 8 * 5), 8, 7, 6),
        batch=3,
        lda=20,
        ldb=9,
        ldc=15,
        stride_a=160,
        stride_b=0,
        stride_c=150,
    )
    Program([step]).run([at(a), at(b), at(c)])
    expected = np.zeros_like(c)
    expected[:, :8, 5:12] = a[:, :, 4:10] @ b[:, 2:]
    np.testing.assert_allclose(c, expected, atol=1e-14)


@pytest.mark.parametrize("flips", [(0, 0), (0, 1), (1, 0)])
@pytest.mark.parametrize("shape", [(64, 128, 784, 1), (96, 300, 70, 2)])
def test_bits_do_not_depend_on_the_threads(monkeypatch, shape, flips):
    m, n, k, batch = shape
    a, b, c = matrices("f32", *shape, *flips)
    options = dict(zip(("transpose_a", "transpose_b"), flips))
    step = gemm_step(*("f32", (0, 0), (1, 0), (2, 0), m, n, k), batch=batch, **options)
    program, results = Program([step]), []
    for size in (1, 2, 8):
        teams.close()
        monkeypatch.setattr(teams, "_current", Team(size))
        for _ in range(5):
            c[:] = np.nan
            program.run([at(a), at(b), at(c)])
            results.append(c.tobytes())
    teams.close()
    assert len(set(results)) == 1


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("flips", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_blocks_are_within_the_product(monkeypatch, small, flips):
    monkeypatch.setattr(gemm, "has_small_products", lambda: small)
    for m in (1, 2, 10, 33, 64, 65, 768, 5000):
        for n in (1, 10, 34, 65, 784, 9216):
            for k in (0, 1, 32, 784, 9216):
                rows, columns, depth = gemm_blocks(m, n, k, 1, *flips)
                assert 1 <= rows <= m
                assert 1 <= columns <= n
                assert depth <= k
                assert (depth > 0) == (k > 0)


def test_an_element_of_a_large_product_is_shared():
    rows, columns, depth = gemm_blocks(1024, 1024, 1024)
    assert (1024 // rows) * (1024 // columns) >= 8
    assert depth == 1024
