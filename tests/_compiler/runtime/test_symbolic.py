"""Programs with formulas: what `bind` writes is what the steps run with."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base.symbols import Sizes
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.runtime.gemm import gemm_step
from rushlight._compiler.runtime.program import Step
from rushlight._compiler.runtime.steps import task_step
from rushlight._compiler.runtime.symbolic import SymbolicProgram
from tests._compiler.runtime.tasks import task


@pytest.fixture
def sizes():
    """As they are when a graph is compiled."""
    made = Sizes()
    made.is_strict = False
    return made


def double(*args, blocks, **options):
    return Step(task("double"), list(args), blocks, **options)


def run(program, values, arrays):
    program.bind(values)
    program.run_on(arrays)


def test_blocks_and_offsets_are_formulas(sizes):
    n, m = sizes.symbol(7), sizes.symbol(9)
    steps = [double((0, 8 * n), blocks=m), double((1, 0), blocks=n // 2)]
    program = SymbolicProgram(steps, sizes, 2)
    for values in [(7, 9), (2, 3), (20, 2), (3, 40), (7, 9)]:
        x, y = np.ones(64, np.int64), np.ones(64, np.int64)
        run(program, values, [x, y])
        first, count = values
        want = np.ones(64, np.int64)
        want[first : first + count] = 2
        np.testing.assert_array_equal(x, want)
        assert y.sum() == 64 + first // 2
        assert (y[: first // 2] == 2).all()


def test_it_runs_for_the_same_values_until_it_is_bound_anew(sizes):
    program = SymbolicProgram([double((0, 0), blocks=sizes.symbol(7))], sizes, 1)
    x = np.ones(8, np.int64)
    run(program, (3,), [x])
    program.run_on([x])
    assert x.tolist() == [4, 4, 4, 1, 1, 1, 1, 1]


def test_steps_that_do_nothing_move_no_others(sizes):
    n = sizes.symbol(7)
    steps = [
        double((1, 0), blocks=0),
        double((0, 8 * n), blocks=n - 2),
        double((1, 8), blocks=2),
    ]
    program = SymbolicProgram(steps, sizes, 2)
    x, y = np.ones(16, np.int64), np.ones(16, np.int64)
    run(program, (4,), [x, y])
    assert x.tolist() == [1] * 4 + [2] * 2 + [1] * 10
    assert y.tolist() == [1] + [2] * 2 + [1] * 13
    run(program, (2,), [x, y])  # no blocks
    assert x.sum() == 18


def test_steps_of_a_group_have_the_same_blocks(sizes):
    n, m = sizes.symbol(7), sizes.symbol(7)
    for blocks in (m, n + 1, 7, 1):
        steps = [
            double((0, 0), blocks=n, group="g"),
            double((0, 0), blocks=blocks, group="g"),
        ]
        with pytest.raises(ValueError, match="differ in their blocks"):
            SymbolicProgram(steps, sizes, 1)
    steps = [
        double((0, 0), blocks=n, group="g"),
        double((0, 0), blocks=0 + n, group="g"),
    ]
    x = np.ones(8, np.int64)
    run(SymbolicProgram(steps, sizes, 1), (5, 2), [x])
    assert x.tolist() == [4] * 5 + [1] * 3


def test_kernels_read_their_sizes(sizes):
    """out[i] = x[i] + n, with n and the number of blocks given at each run."""
    n = sizes.symbol(100)
    k = Builder("plus")
    x, out = k.buffer("x", "f32", n), k.buffer("out", "f32", n, written=True)
    with k.loop("b", -(-n // 16), parallel=True):
        rest = k.min(k.sub(k.const(n, "i64"), k.mul(k.index("b"), 16)), 16)
        with k.loop("i", rest, vector=True):
            k.store(out, k.add(k.load(x, b=16, i=1), k.const(n)), b=16, i=1)
    kernel = k.kernel()
    program = SymbolicProgram([task_step(kernel, [(0, 0), (1, 0)])], sizes, 2)
    for size in (100, 2, 15, 16, 17, 1000):
        source, found = np.arange(1100, dtype="f4"), np.zeros(1100, "f4")
        run(program, (size,), [source, found])
        np.testing.assert_array_equal(found[:size], source[:size] + size)
        assert not found[size:].any()


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_products_of_formulas(sizes, dtype):
    m, n, k = (sizes.symbol(hint) for hint in (7, 9, 11))
    program = SymbolicProgram(
        [gemm_step(dtype, (0, 0), (1, 0), (2, 0), m, n, k)], sizes, 3
    )
    rng = np.random.default_rng(0)
    for values in [(7, 9, 11), (2, 3, 2), (130, 70, 40), (3, 200, 5), (300, 260, 300)]:
        rows, columns, depth = values
        kind = {"f32": np.float32, "f64": np.float64}[dtype]
        a = rng.normal(size=(rows, depth)).astype(kind)
        b = rng.normal(size=(depth, columns)).astype(kind)
        found = np.full((rows, columns), np.nan, a.dtype)
        run(program, values, [a, b, found])
        np.testing.assert_allclose(found, a @ b, rtol=1e-3, atol=1e-3)


def test_numbers_of_many_steps_are_computed_once(sizes):
    n = sizes.symbol(7)
    steps = [double((0, 8 * n), blocks=n + 1) for _ in range(5)]
    program = SymbolicProgram(steps, sizes, 1)
    x = np.ones(32, np.int64)
    run(program, (3,), [x])
    assert x.tolist() == [1] * 3 + [32] * 4 + [1] * 25
    assert len(program._numbers) == 2
