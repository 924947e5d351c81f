"""BLAS for machine code: its addresses, and matrix products as steps of a program.

# Note [Products]
# Each block of a product is one call of BLAS, on one thread.  Blocks depend on the
# product's shape alone, and a block is never joined with another, so that the result is
# the same bit for bit however many threads there are.  While a program with products
# runs, BLAS itself is held to one thread (`use_blas` in the executor).
"""

import ctypes
import math
import os
from pathlib import Path

import numpy as np

from rushlight._base import threads
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.codegen.llvm.executor import BLAS
from rushlight._compiler.runtime.once import once
from rushlight._compiler.runtime.program import STATIC, Step
from rushlight._compiler.runtime.team import Words, executor

_LETTERS = {"f32": "s", "f64": "d"}
_TYPES = {"f32": "float", "f64": "double"}
_BYTES = {"f32": 4, "f64": 8}

# Note [Small products]
# OpenBLAS packs its operands, which costs a third of the time of a product of a few
# million multiplications.  On AVX-512 it does not pack where there are at most 10^6 of
# them (with a transposed right factor, where the result has at most 1200 elements):
# products cut to that size run near the processor's peak (measured: 64 x 784 x 128 in
# 113 us instead of 135, 128 x 768 x 512 in 885 instead of 1015), up to where cache
# misses make packing pay again.
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


def is_available():
    """Whether there is a BLAS that machine code can call."""
    return machine.is_available() and address("f32") is not None


@once
def address(dtype):
    """The address of cblas_sgemm (f32) or cblas_dgemm (f64) with 64-bit sizes, or None.

    Args:
        dtype: "f32" or "f64".
    """
    found = _find(dtype)
    if found is None:
        return None
    function, wide = found
    plain = ctypes.cast(function, ctypes.c_void_p).value
    return plain if wide else _widened(dtype, plain).address("gemm")


@once
def addresses():
    """The addresses of all functions of BLAS that there are."""
    return frozenset(address(dtype) for dtype in _LETTERS) - {None}


def _find(dtype):
    """A pair (function, whether its sizes have 64 bits), or None."""
    name = f"cblas_{_LETTERS[dtype]}gemm"
    for library in _libraries():
        for pattern, wide in (
            ("scipy_{}64_", True),
            ("{}64_", True),
            ("scipy_{}", False),
            ("{}", False),
        ):
            function = getattr(library, pattern.format(name), None)
            if function is not None:
                return function, wide
    return None


def _libraries():
    """NumPy's own BLAS, then OpenBLAS wheels that may be installed."""
    yield threads.blas_library()
    for wheel in ("scipy_openblas64", "scipy_openblas32"):
        library = _wheel(wheel)
        if library is not None:
            yield library


def _wheel(name):
    import importlib
    from pathlib import Path

    try:
        package = importlib.import_module(name)
        folder, file = package.get_lib_dir(), package.get_library(fullname=True)
        return ctypes.CDLL(str(Path(folder) / file))
    except (ImportError, AttributeError, OSError):
        return None


@once
def words():
    """The words by which runs hold BLAS to one thread, or None."""
    get, set_ = (threads.blas_function(f"{w}_num_threads") for w in ("get", "set"))
    if get is None or set_ is None:
        return None
    made = Words(BLAS, 8)
    made["B_GET"] = ctypes.cast(get, ctypes.c_void_p).value
    made["B_SET"] = ctypes.cast(set_, ctypes.c_void_p).value
    _follow(made)
    return made


def _follow(made):
    """Keep the words true where something else happens in the middle of a run."""

    set_blas = executor().function("set_blas", ctypes.c_void_p, ctypes.c_int64)

    def changed():  # what the run will restore
        set_blas(made.address, threads.get_num_threads())

    def forked():  # the run's thread is not in the child
        made["B_LOCK"] = 0
        if made["B_USERS"]:
            made["B_USERS"] = 0
            threads.tell_blas(made["B_BEFORE"])

    threads.when_changed(changed)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forked)


_WIDENED = """
define void @gemm(i32 %order, i32 %ta, i32 %tb, i64 %m, i64 %n, i64 %k,
    $T %alpha, ptr %a, i64 %lda, ptr %b, i64 %ldb, $T %beta, ptr %c, i64 %ldc) {
  %m.32 = trunc i64 %m to i32
  %n.32 = trunc i64 %n to i32
  %k.32 = trunc i64 %k to i32
  %lda.32 = trunc i64 %lda to i32
  %ldb.32 = trunc i64 %ldb to i32
  %ldc.32 = trunc i64 %ldc to i32
  %gemm = inttoptr i64 $PLAIN to ptr
  call void %gemm(i32 %order, i32 %ta, i32 %tb, i32 %m.32, i32 %n.32, i32 %k.32,
      $T %alpha, ptr %a, i32 %lda.32, ptr %b, i32 %ldb.32, $T %beta, ptr %c,
      i32 %ldc.32)
  ret void
}
"""


@once
def _widened(dtype, plain):
    """A function with 64-bit sizes that calls one with 32-bit sizes."""
    text = _WIDENED.replace("$T", _TYPES[dtype]).replace("$PLAIN", str(plain))
    return machine.Code(text)


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


@once
def has_small_products():
    """Whether BLAS multiplies small products unpacked (Note [Small products])."""
    name = threads.blas_function("get_corename")
    if name is None:
        return False
    name.restype = ctypes.c_char_p
    return name().lower() in (b"skylakex", b"cooperlake", b"sapphirerapids")


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
    shape = blocks or gemm_blocks(m, n, k, batch, *flips)
    names = ("row_block", "column_block", "depth_block")
    about |= {name: max(1, size) for name, size in zip(names, shape)}
    about |= {"lda": m if options.get("transpose_a") else k}
    about |= {"ldb": k if options.get("transpose_b") else n, "ldc": n}
    about |= {"stride_a": m * k, "stride_b": k * n, "stride_c": m * n}
    about |= options
    for name in ("lda", "ldb", "ldc"):  # BLAS refuses a step of 0
        about[name] = max(1, about[name])
    description = np.array([int(about[name]) for name in DESCRIPTION], np.int64)
    code = gemm_task(dtype)
    count = batch * math.ceil(m / about["row_block"])
    count *= math.ceil(n / about["column_block"])
    args = [a, b, c, (STATIC, description.ctypes.data), (STATIC, address(dtype))]
    args += [] if bias is None else [bias]
    return Step(code.address("gemm_task"), args, count, group, 0, (description, code))


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
