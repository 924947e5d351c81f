"""Matrix products as steps: right, alone on their thread, bit-identical."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base import threads
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime import team as teams
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
    step = blas.gemm_step(
        *(dtype, (0, 0), (1, 0), (2, 0), m, n, k),
        batch=batch,
        blocks=blocks,
        accumulate=accumulate,
        **options,
    )
    Program([step]).run([at(a), at(b), at(c)])
    scale = (8e-7 if dtype == "f32" else 2e-15) * max(k, 1)
    np.testing.assert_allclose(c, expected, rtol=0, atol=scale)


def test_strides_between_rows_and_matrices():
    """Parts of wider matrices, and one right factor for all of a batch."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 8, 20)), rng.normal(size=(6, 9))
    c = np.zeros((3, 10, 15))
    step = blas.gemm_step(
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
    step = blas.gemm_step(
        *("f32", (0, 0), (1, 0), (2, 0), m, n, k), batch=batch, **options
    )
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
    monkeypatch.setattr(blas, "has_small_products", lambda: small)
    for m in (1, 2, 10, 33, 64, 65, 768, 5000):
        for n in (1, 10, 34, 65, 784, 9216):
            for k in (0, 1, 32, 784, 9216):
                rows, columns, depth = blas.gemm_blocks(m, n, k, 1, *flips)
                assert 1 <= rows <= m
                assert 1 <= columns <= n
                assert depth <= k
                assert (depth > 0) == (k > 0)


def test_an_element_of_a_large_product_is_shared():
    rows, columns, depth = blas.gemm_blocks(1024, 1024, 1024)
    assert (1024 // rows) * (1024 // columns) >= 8
    assert depth == 1024


@pytest.mark.skipif(blas.words() is None, reason="needs OpenBLAS")
def test_blas_keeps_its_number_of_threads():
    a = np.ones((64, 64), np.float32)
    get = threads.blas_function("get_num_threads")
    before = get()
    program = Program([blas.gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)])

    def run():
        c = np.empty_like(a)
        for _ in range(200):
            program.run([at(a), at(c)])
            assert (c == 64).all()

    runners = [threading.Thread(target=run) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert get() == before
    assert blas.words()["B_USERS"] == 0


@pytest.mark.skipif(blas.words() is None, reason="needs OpenBLAS")
def test_a_new_number_of_threads_outlives_the_runs():
    a, before = np.ones((64, 64), np.float32), threads._threads
    get = threads.blas_function("get_num_threads")
    program = Program([blas.gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)])
    stop = threading.Event()

    def run():
        c = np.empty_like(a)
        while not stop.is_set():
            program.run([at(a), at(c)])

    runner = threading.Thread(target=run)
    runner.start()
    try:
        for n in (1, 2, 1, 2) * 5:
            threads.set_num_threads(n)
    finally:
        stop.set()
        runner.join()
    assert get() == 2
    threads.set_num_threads(before or threads.get_num_threads())
    threads._threads = before


def test_without_wide_sizes_they_are_narrowed():
    """A BLAS with 32-bit sizes is called through a function that narrows them."""
    import ctypes

    seen = []
    signature = ctypes.CFUNCTYPE(
        None,
        *[ctypes.c_int] * 6,
        *(ctypes.c_float, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p),
        *(ctypes.c_int, ctypes.c_float, ctypes.c_void_p, ctypes.c_int),
    )
    plain = signature(lambda *args: seen.append(args))
    code = blas._widened("f32", ctypes.cast(plain, ctypes.c_void_p).value)
    types = [ctypes.c_int] * 3 + [ctypes.c_int64] * 3
    types += [ctypes.c_float, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p]
    types += [ctypes.c_int64, ctypes.c_float, ctypes.c_void_p, ctypes.c_int64]
    args = (101, 111, 112, 4, 5, 6, 1.0, 64, 7, 128, 8, 0.5, 192, 9)
    code.function("gemm", *types)(*args)
    assert seen == [args]


_FORKING = """
import os, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)
import numpy as np
from rushlight._base import threads
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime.program import Program
threads.set_num_threads(2)
a, c = np.ones((64, 64), np.float32), np.zeros((64, 64), np.float32)
step = blas.gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)
program, other = Program([step]), Program([step])
get, going = threads.blas_function("get_num_threads"), True
d = c.copy()
def run():
    while going:
        other.run([a.ctypes.data, d.ctypes.data])
runner = threading.Thread(target=run)
runner.start()
for i in range(20):
    child = os.fork()
    if child == 0:
        right = get() == 2 and blas.words()["B_USERS"] == 0
        program.run([a.ctypes.data, c.ctypes.data])
        os._exit(0 if right and (c == 64).all() and get() == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0, i
going = False
runner.join()
print("ok")
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.skipif(blas.words() is None, reason="needs OpenBLAS")
def test_a_child_is_not_held_to_one_thread():
    done = subprocess.run(
        [sys.executable, "-c", _FORKING], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
