"""BLAS is held to one thread while a program uses it, and is found as it is."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

pytest.importorskip("llvmlite")

from rushlight._base import threads
from rushlight._compiler.runtime import blas
from rushlight._compiler.runtime.gemm import gemm_step
from rushlight._compiler.runtime.program import Program

pytestmark = pytest.mark.skipif(
    not blas.is_available(), reason="needs a BLAS that machine code can call"
)


@pytest.mark.skipif(blas.words() is None, reason="needs OpenBLAS")
def test_blas_keeps_its_number_of_threads():
    a = np.ones((64, 64), np.float32)
    get = threads.blas_function("get_num_threads")
    before = get()
    program = Program([gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)])

    def run():
        c = np.empty_like(a)
        for _ in range(200):
            program.run_on((a, c))
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
    program = Program([gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)])
    stop = threading.Event()

    def run():
        c = np.empty_like(a)
        while not stop.is_set():
            program.run_on((a, c))

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
from rushlight._compiler.runtime.gemm import gemm_step
from rushlight._compiler.runtime.program import Program
threads.set_num_threads(2)
a, c = np.ones((64, 64), np.float32), np.zeros((64, 64), np.float32)
step = gemm_step("f32", (0, 0), (0, 0), (1, 0), 64, 64, 64)
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
