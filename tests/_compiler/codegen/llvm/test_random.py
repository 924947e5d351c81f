"""Random kernels: machine code leaves what the interpreter leaves, bit for bit."""

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from hypothesis import given, settings
from hypothesis import strategies as st

from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.loops.builder import Builder
from rushlight._compiler.loops.checker import check_kernel
from rushlight._compiler.loops.interpreter import run_kernel, stored_dtype
from rushlight._compiler.loops.ir import WIDE
from rushlight._compiler.loops.printer import print_kernel
from rushlight._compiler.runtime.kernel import NativeKernel

pytestmark = pytest.mark.skipif(
    not machine.adds_products(), reason="`fma` is two roundings on this machine"
)
STORED = list(WIDE)
FLOATS = ("f32", "f64")
#: Enough for every place that a random kernel may mean.
SIZE = 900


def values(rng, dtype):
    """Elements among which are special ones."""
    if dtype == "bool":
        return rng.random(SIZE) < 0.5
    if dtype in ("u8", "i32", "i64"):
        data = rng.integers(-1000, 1000, SIZE)
        data[rng.random(SIZE) < 0.2] = 0
        data[rng.random(SIZE) < 0.02] = -(2**63)
    else:
        data = rng.normal(size=SIZE) * 10.0 ** rng.integers(-3, 4, SIZE)
        special = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-41, 3e38, 0.5, -1.5]
        where = rng.random(SIZE) < 0.1
        data[where] = rng.choice(special, where.sum())
    with np.errstate(all="ignore"):
        return data.astype(stored_dtype(dtype))


class Maker:
    """Makes a random kernel by drawing from hypothesis."""

    def __init__(self, draw):
        self.draw = draw
        self.k = Builder("random")
        count = draw(st.integers(1, 3))
        kinds = [draw(st.sampled_from(STORED)) for _ in range(count)]
        self.inputs = [self.k.buffer(f"x{i}", d, SIZE) for i, d in enumerate(kinds)]
        self.outputs, self.pool, self.accumulators = [], [], []
        self.number = 0

    def pick(self, options):
        return self.draw(st.sampled_from(list(options)))

    def name(self, hint):
        self.number += 1
        return f"{hint}{self.number}"

    def kernel(self):
        k = self.k
        if self.pick([True, False]):
            n, block = self.draw(st.integers(1, 40)), self.pick([1, 7, 16, 32])
            blocks = -(-n // block)
            with k.loop("b", blocks, parallel=True):
                rest = k.sub(k.const(n, "i64"), k.mul(k.index("b"), block))
                self.body({"b": blocks}, k.min(block, rest), block, None)
        else:
            n = k.size("n")
            self.body({}, n, 40, None)
        return k.kernel()

    def body(self, around, extent, most, along):
        """A loop of the given extent; maybe one in it."""
        k, index = self.k, self.name("i")
        nested = len(around) < 2 and self.pick([True, False])
        vector = along is None and (not nested or self.pick([True, False]))
        total = None
        if along is None or self.pick([True, False]):
            dtype = self.pick(["f32", "f64", "i64"])
            total = k.declare(self.name("total"), dtype, self.pick([0, 1, -2]))
        options = {"vector": True, "lanes": self.pick([2, 16, 32])} if vector else {}
        outer_pool = list(self.pool)
        with k.loop(index, extent, **options):
            inside = {**around, index: most}
            if nested:
                inner = self.pick([1, 3, 17, 18])
                self.body(inside, inner, inner, index if vector else along)
            self.statements(inside, index if vector else along, total)
        self.pool = outer_pool
        if total is not None:
            self.pool.append(total)
            self.finish(around, total, along)

    def finish(self, around, total, along):
        """Write down what was accumulated."""
        out = self.output(total.dtype)
        self.k.store(out, total, **self.own_place(around))

    def own_place(self, around):
        """Strides by which no two iterations meet."""
        strides, step = {}, 1
        for index, extent in reversed(around.items()):
            strides[index] = step
            step *= extent
        return strides

    def output(self, wide):
        kinds = [dtype for dtype in STORED if WIDE[dtype] == wide]
        size = 40 * 40 * 40 * 2
        name = self.name("out")
        self.outputs.append(self.k.buffer(name, self.pick(kinds), size, written=True))
        return self.outputs[-1]

    def statements(self, around, along, total):
        k = self.k
        pool = list(self.pool)
        for _ in range(self.draw(st.integers(1, 3))):
            value = self.expression(around, pool, 3)
            pool.append(value)
            options = {}
            if self.pick([True, False, False]):
                options["only_if"] = self.cast(self.expression(around, pool, 1), "bool")
            scale = self.pick([1, 1, 2])
            place = {i: s * scale for i, s in self.own_place(around).items()}
            k.store(self.output(value.dtype), value, **place, **options)
        if total is not None:
            kind = self.pick(["add", "max", "min", "mul"])
            value = self.cast(self.expression(around, pool, 2), total.dtype)
            k.accumulate(total, kind, value)

    def cast(self, value, dtype):
        return self.k.cast(value, dtype)

    def expression(self, around, pool, depth):
        k = self.k
        if depth == 0 or self.pick([True, False, False, False]):
            return self.leaf(around, pool)
        op = self.pick(
            "add sub mul max min where cast neg abs div sqrt floor ceil trunc round "
            "fma remainder floordiv lt le eq ne and_ not_".split()
        )
        x = self.expression(around, pool, depth - 1)
        if op == "cast":
            return self.cast(x, self.pick(["f32", "f64", "i64", "bool"]))
        if op in ("and_", "not_"):
            x = self.cast(x, "bool")
            y = self.cast(self.expression(around, pool, depth - 1), "bool")
            return k.and_(x, y) if op == "and_" else k.not_(x)
        if op in ("remainder", "floordiv"):
            x = self.cast(x, "i64")
            y = self.cast(self.expression(around, pool, depth - 1), "i64")
            y = self.pick([y, k.const(self.pick([0, 1, -1, 4, 7, -3]), "i64")])
            return getattr(k, op)(x, y)
        if op in ("div", "sqrt", "floor", "ceil", "trunc", "round"):
            x = self.cast(x, self.pick(FLOATS)) if x.dtype not in FLOATS else x
        if x.dtype == "bool":
            x = self.cast(x, "i64")
        if op in ("neg", "abs", "sqrt", "floor", "ceil", "trunc", "round"):
            return getattr(k, op)(x)
        y = self.cast(self.expression(around, pool, depth - 1), x.dtype)
        if op == "fma":
            return k.fma(x, y, self.cast(self.leaf(around, pool), x.dtype))
        if op == "where":
            return k.where(self.cast(self.leaf(around, pool), "bool"), x, y)
        return getattr(k, op)(x, y)

    def leaf(self, around, pool):
        k = self.k
        kind = self.pick(["load", "load", "load", "gather", "index", "const", "pool"])
        if kind == "pool" and pool:
            return self.pick(pool)
        if kind == "index" and around:
            return k.index(self.pick(around))
        if kind == "const":
            dtype = self.pick(["f32", "f64", "i64"])
            return k.const(
                self.pick([0, 1, -3, 0.37] if dtype != "i64" else [2]), dtype
            )
        source = self.pick(self.inputs)
        if kind == "gather":
            return self.gather(around, source)
        strides, offset, room = {}, 0, SIZE
        for index, extent in around.items():
            step = self.pick(
                [s for s in (0, 1, 1, 3, -1, -2, 20) if self.fits(s, extent, room)]
            )
            strides[index] = step
            room -= abs(step) * (extent - 1)
            offset += -min(0, step * (extent - 1))
        options = {}
        if around and self.pick([True, False, False]):
            index = k.index(self.pick(around))
            options["zero_unless"] = k.lt(index, self.pick([0, 5, 17]))
        return k.load(source, offset=offset, **strides, **options)

    def fits(self, step, extent, room):
        return abs(step) * (extent - 1) < room

    def gather(self, around, source):
        k = self.k
        at = k.const(3, "i64")
        for index in around:
            at = k.add(at, k.mul(k.index(index), self.pick([0, 1, 5])))
        if self.pick([True, False]):
            at = k.add(at, k.cast(k.load(self.pick(self.inputs), offset=7), "i64"))
        return k.load(source, at=k.remainder(at, SIZE))


@st.composite
def kernels(draw):
    maker = Maker(draw)
    kernel = maker.kernel()
    return kernel, draw(st.integers(0, 40)), draw(st.integers(0, 2**31))


@pytest.mark.parametrize("examples", [5, pytest.param(400, marks=pytest.mark.slow)])
def test_random_kernels(examples):
    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(kernels())
    def check(drawn):
        compare(*drawn)

    check()


def compare(kernel, n, seed):
    rng = np.random.default_rng(seed)
    sizes = [n] if kernel.sizes else []
    check_kernel(kernel, **dict.fromkeys(kernel.sizes, 40))
    arrays = [
        np.zeros(b.size, stored_dtype(b.dtype)) if b.written else values(rng, b.dtype)
        for b in kernel.buffers
    ]
    slow, fast = ([a.copy() for a in arrays] for _ in range(2))
    run_kernel(kernel, sizes, slow)
    NativeKernel(kernel)(sizes, fast)
    for buffer, a, b in zip(kernel.buffers, slow, fast, strict=True):
        if a.dtype.kind not in "biu":
            a, b = a.astype(np.float64), b.astype(np.float64)
            assert (np.signbit(a) == np.signbit(b))[~np.isnan(a)].all(), buffer
        np.testing.assert_array_equal(a, b, f"{buffer}\n{print_kernel(kernel)}")
