"""BLAS for machine code: where its functions are, and how its threads are held."""

import ctypes
import os

from rushlight._base import threads
from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.codegen.llvm.executor import BLAS
from rushlight._compiler.runtime.once import once
from rushlight._compiler.runtime.team import Words, executor

_LETTERS = {"f32": "s", "f64": "d"}
_TYPES = {"f32": "float", "f64": "double"}


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


@once
def has_small_products():
    """Whether BLAS multiplies small products unpacked: see gemm.py."""
    name = threads.blas_function("get_corename")
    if name is None:
        return False
    name.restype = ctypes.c_char_p
    return name().lower() in (b"skylakex", b"cooperlake", b"sapphirerapids")
