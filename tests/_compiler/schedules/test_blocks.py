"""Blocks of nests, and nests of symbolic sizes beside the interpreter."""

import pytest

import rushlight as t
from rushlight._base.symbols import Sizes
from rushlight._compiler.schedules.blocks import rows_of_block, width_of_block
from rushlight._compiler.schedules.nest import Axis
from tests._compiler.symbolic import check_sizes, rows, symbolic_entry

pytest.importorskip("llvmlite")


def axes(*sizes):
    return [Axis(f"a{n}", size, True) for n, size in enumerate(sizes)]


@pytest.mark.parametrize("size", [1, 2, 7, 100, 8192, 8193, 100_000])
@pytest.mark.parametrize("width", [1, 5, 64, 9000])
def test_blocks_of_known_rows_are_even(size, width):
    long, other = axes(size, width)
    rows_ = rows_of_block([long, other], long)
    count = -(-size // rows_)
    assert 1 <= rows_ <= size
    assert count * rows_ - size < count
    assert rows_ * width <= max(8192, width)


def test_blocks_of_symbolic_rows_are_chosen_by_the_others():
    sizes = Sizes()
    n, m = sizes.symbol(7), sizes.symbol(64)
    long, other = axes(n, m)
    assert rows_of_block([long, other], long) == 128
    assert width_of_block(other, []) == 8192
    assert width_of_block(other, axes(n)) % 16 == 0
    assert sizes.conditions() == []


@pytest.mark.parametrize("size", [1, 15, 16, 100, 1000, 100_000])
@pytest.mark.parametrize("reduced", [(), (3,), (100,), (10_000, 4)])
def test_blocks_of_known_columns(size, reduced):
    (lanes,) = axes(size)
    width = width_of_block(lanes, axes(*reduced))
    assert 1 <= width <= size
    assert width == size or width % 16 == 0


FUNCTIONS = {
    "rows": lambda x: x.exp() * 2 + x,
    "softmax": lambda x: x.softmax(-1),
    "softmax of columns": lambda x: x.softmax(0),
    "sums": lambda x: x.sum(0) + x.max(),
    "turned": lambda x: x.transpose(0, -1).cos(),
    "joined": lambda x: t.cat([x, x * 2], -1).sum(-1, keepdim=True),
    "differences": lambda x: x[..., 1:] - x[..., :-1],
    "half": lambda x: x[: x.shape[0] // 2].sum(1),
    "outer": lambda x: x.sum(1)[:, None] * x.sum(0),
    "flat": lambda x: (x * 3).reshape(-1).square(),
    "norm": lambda x: (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True) + 1),
    "padded": lambda x: t.nn.functional.pad(x, (1, 2)).exp(),
    "masked": lambda x: x.masked_fill(t.ones(x.shape).tril() == 0, -9.0).softmax(1),
    "products": lambda x: (x @ x.t()).relu() @ x,
    "places": lambda x: x * t.arange(x.shape[0])[:, None] + t.arange(x.shape[1]),
    "scanned": lambda x: x.cumsum(0).tanh(),
    "reversed": lambda x: x.flip(1) + x[:, :1],
}
SHAPES = [(2, 2), (3, 17), (17, 3), (16, 16), (5, 40), (33, 64), (2, 130)]
_FEW = [(2, 2), (5, 40), (17, 3)]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "traced", [(7, 12), pytest.param((40, 65), marks=pytest.mark.slow)]
)
def test_symbolic_nests_stay_inside_their_buffers(name, traced):
    entry = symbolic_entry(FUNCTIONS[name], rows(*traced))
    served = [check_sizes(entry, [rows(*shape)]) for shape in (traced, *_FEW)]
    assert served[0] >= 1
    assert sum(count is not None for count in served) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_symbolic_nests_of_many_shapes(name):
    entry = symbolic_entry(FUNCTIONS[name], rows(7, 12))
    for shape in SHAPES:
        check_sizes(entry, [rows(*shape)])


@pytest.mark.slow
@pytest.mark.parametrize("size", [4095, 4096, 4097, 8192, 10_001])
def test_long_symbolic_rows_are_walked_in_runs(size):
    def function(x):
        return x.sum(-1), (x * x).mean(), x.amax(1)

    entry = symbolic_entry(function, rows(2, 100))
    assert check_sizes(entry, [rows(2, size)]) >= 1
    assert entry.symbols.sizes.conditions() == []
