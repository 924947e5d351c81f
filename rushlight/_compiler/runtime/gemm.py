"""Matrix products as steps of a program.

# Note [Products]
# Each block of a product is one call of BLAS, on one thread.  Blocks depend on the
# product's shape alone, and a block is never joined with another, so that the result is
# the same bit for bit however many threads there are.  While a program with products
# runs, BLAS itself is held to one thread (`use_blas` in the executor).

# Threads take blocks from both ends (Note [Claims] in the executor), so the order of
# blocks says which operand each thread reads a half of.  Rows come first, but where b
# is the largest matrix, columns: a weight's half, its gradient's and its optimizer
# state's stay in one core's cache (a step of a perceptron: 290 us, not 310).

# Note [Small products]
# OpenBLAS packs its operands, which costs a third of the time of a product of a few
# million multiplications.  On AVX-512 it does not pack where there are at most 10^6 of
# them (with a transposed right factor, where the result has at most 1200 elements):
# products cut to that size run near the processor's peak (measured: 64 x 784 x 128 in
# 113 us instead of 135, 128 x 768 x 512 in 885 instead of 1015), up to where cache
# misses make packing pay again.
"""

import math
from pathlib import Path

import numpy as np

from rushlight._base.symint import is_symbolic
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.runtime.blas import address, has_small_products
from rushlight._compiler.runtime.once import once
from rushlight._compiler.runtime.program import STATIC, Step

_TYPES = {"f32": "float", "f64": "double"}
_SMALL, _SMALL_CORNER = 10**6, 1200
_LARGE = 150 * 10**6
#: Multiplications that are not worth cutting, and in a block of a large product: four
#: blocks run faster than sixteen (2048 x 512 x 768 at 94 GFLOP/s instead of 86).
_LEAST, _LEAST_BLOCK, _MOST_BLOCK = 2 * 10**5, 1.5 * 10**6, 1.2 * 10**8
#: Blocks that are enough for any number of threads that one expects.
_ENOUGH = 64

#: The int64 numbers that describe a product to its task, in order.
DESCRIPTION = (
    "m n k lda ldb ldc transpose_a transpose_b row_block column_block batch "
    "stride_a stride_b stride_c accumulate depth_block bias"
).split()


def _field(number, name):
    return (
        f"  %{name}.p = getelementptr i64, ptr %about, i64 {number}\n"
        f"  %{name} = load i64, ptr %{name}.p"
    )


def emit_gemm(dtype):
    """The module with `gemm_task` for "f32" or "f64"."""
    fields = [
        "  %about.p = getelementptr ptr, ptr %args, i64 3",
        "  %about = load ptr, ptr %about.p",
    ]
    fields += [_field(i, name) for i, name in enumerate(DESCRIPTION)]
    text = Path(machine.__file__).with_name("gemm.ll").read_text("utf-8")
    text = text.replace("$fields", "\n".join(fields))
    return text.replace("$T", _TYPES[dtype])


@once
def gemm_task(dtype):
    """The machine code with `gemm_task`."""
    return machine.Code(emit_gemm(dtype))


def gemm_blocks(m, n, k, batch=1, transpose_a=False, transpose_b=False):
    """Rows, columns and depth of the blocks into which a product is cut.

    They depend on the shape and the processor, not on the number of threads
    (Note [Products], Note [Small products]).
    """
    if m * n * k <= _LEAST:
        return m, n, k
    if m * n * k > _LARGE or not has_small_products():
        return _large_blocks(m, n, k, batch)
    if transpose_b and not transpose_a:
        rows, columns = _cut(m, 32), _cut(n, 32)
        if m < 32:
            columns = _cut(n, _SMALL_CORNER // m // 16 * 16)
        elif n < 32:
            rows = _cut(m, _SMALL_CORNER // n // 16 * 16)
    else:
        rows, columns = _cut(m, 32 if m <= 64 else 64), _cut(n, 64)
        if m < 32:
            columns = _cut(n, 128)
        elif n < 32:
            rows = _cut(m, 128)
    parts = math.ceil(k * rows * columns / _SMALL)
    return rows, columns, math.ceil(k / parts)


def _cut(size, block):
    """The block's size: one or two over at the end go with the others."""
    if size <= block:
        return size
    over = size % block
    return math.ceil(size / (size // block)) if over in (1, 2) else block


def _large_blocks(m, n, k, batch):
    """Blocks large enough for packing to pay, and two for each of two threads."""
    rows, columns = m, n
    most = max(_LEAST_BLOCK, min(_MOST_BLOCK, m * n * k // 4))
    while rows * columns * k > most and max(rows, columns) > 64:
        if batch * math.ceil(m / rows) * math.ceil(n / columns) >= _ENOUGH:
            break
        if rows >= columns:
            rows = _half(rows)
        else:
            columns = _half(columns)
    return rows, columns, k


def _half(size):
    return -(-size // 32) * 16


def gemm_step(
    dtype, a, b, c, m, n, k, *, bias=None, group=None, batch=1, blocks=None, **options
):
    """A product ``c = op(a) op(b)``, or ``c += ...``, as a step of a program.

    Args:
        dtype: "f32" or "f64".
        a, b, c: pairs (base, byte offset); c is (m, n); a is (m, k) or, with
            ``transpose_a=True``, (k, m); b is (k, n) or, with ``transpose_b=True``,
            (n, k).
        bias: of n elements, added to each row; a pair as well.
        group: as in `Step`.
        batch: how many products; they are ``stride_a``, ``stride_b`` and ``stride_c``
            elements apart, by default as far as the matrices are large.
        blocks: rows, columns and depth of a block, by default `gemm_blocks`.
        **options: transpose_a, transpose_b, accumulate (c += ...), lda, ldb, ldc (steps
            from row to row, by default the row's length), stride_a, stride_b, stride_c.
    """
    about = {"m": m, "n": n, "k": k, "batch": batch}
    about |= dict.fromkeys(("transpose_a", "transpose_b", "accumulate"), 0)
    about["bias"] = bias is not None
    flips = [options.get(f"transpose_{x}", False) for x in "ab"]
    about |= {"lda": m if options.get("transpose_a") else k}
    about |= {"ldb": k if options.get("transpose_b") else n, "ldc": n}
    about |= {"stride_a": m * k, "stride_b": k * n, "stride_c": m * n}
    about |= options
    for name in ("lda", "ldb", "ldc"):  # BLAS refuses a step of 0
        about[name] = max(1, about[name])
    product = SizedProduct(about, flips, blocks)
    description, code = product.description, gemm_task(dtype)
    count = product
    if not any(map(is_symbolic, product.formulas)):
        count = product.describe(product.formulas)
    args = [a, b, c, (STATIC, description.ctypes.data), (STATIC, address(dtype))]
    args += [] if bias is None else [bias]
    return Step(code.address("gemm_task"), args, count, group, 0, (description, code))


class SizedProduct:
    """The description of a product, for sizes that are formulas or numbers.

    Attributes:
        formulas: of all fields but the blocks.
        description: array of int64, which the task reads.
    """

    def __init__(self, about, flips, blocks):
        self.flips, self.blocks = flips, blocks
        self._fields = [name for name in DESCRIPTION if name in about]
        self.formulas = [about[name] for name in self._fields]
        self.description = np.zeros(len(DESCRIPTION), np.int64)

    def describe(self, numbers):
        """Write the description for the formulas' values; how many blocks there are."""
        about = dict(zip(self._fields, map(int, numbers), strict=True))
        m, n, k, batch = (about[name] for name in ("m", "n", "k", "batch"))
        shape = self.blocks or gemm_blocks(m, n, k, batch, *self.flips)
        rows, columns, depth = (max(1, size) for size in shape)
        about |= {"row_block": rows, "column_block": columns, "depth_block": depth}
        self.description[:] = [about[name] for name in DESCRIPTION]
        return batch * math.ceil(m / rows) * math.ceil(n / columns)


def as_operand(name, shape, steps):
    """The options of `gemm_step` for an operand.

    Args:
        name: "a" or "b".
        shape: (batch, rows, columns).
        steps: from one element to the next along each of them, as BLAS can read them
            (`is_matrix` in passes/domains.py).
    """
    (batch, rows, columns), (far, down, right) = shape, steps
    turned = not (right == 1 or columns == 1) or (down < columns and rows > 1)
    return {
        f"transpose_{name}": turned,
        f"ld{name}": max(right, rows) if turned else max(down, columns),
        f"stride_{name}": 0 if batch == 1 else far,
    }
