"""How many threads an operation uses, and where NumPy's matrix products are."""

import ctypes
import functools
import os

from rushlight._base.errors import ArgumentRuntimeError, explain

_threads = None
_interop = None
_listeners = []


def available():
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def get_num_threads():
    """The number of threads that one operation may use.

    It is what `set_num_threads` said, or else $RUSHLIGHT_NUM_THREADS, $OMP_NUM_THREADS,
    or the number of cores.

    >>> get_num_threads() >= 1
    True
    """
    return (
        _threads
        or _from_environment("RUSHLIGHT_NUM_THREADS")
        or _from_environment("OMP_NUM_THREADS")
        or available()
    )


def _from_environment(name):
    """The number in a variable, or 0 where there is none to be understood."""
    text = os.environ.get(name, "").partition(",")[0].strip()
    return int(text) if text.isdecimal() else 0


def set_num_threads(n):
    """Set the number of threads that one operation may use.

    Args:
        n: int, at least 1.

    Raises:
        RuntimeError: for a number below 1.

    >>> set_num_threads(get_num_threads())
    """
    global _threads
    _check(n, "set_num_threads()")
    _threads = n
    tell_blas(n)
    for listener in _listeners:
        listener()


def when_changed(listener):
    """Call a function whenever the number of threads has been set."""
    _listeners.append(listener)


def tell_blas(n):
    """Have NumPy's matrix products use `n` threads."""
    setter = blas_function("set_num_threads")
    if setter is not None:
        setter(ctypes.c_int(n))


def get_num_interop_threads():
    """The number of threads that run operations beside each other.

    >>> get_num_interop_threads() >= 1
    True
    """
    return _interop or available()


def set_num_interop_threads(n):
    """Remember a number that torch scripts set; operations run one after another.

    Raises:
        RuntimeError: for a number below 1.
    """
    global _interop
    _check(n, "set_num_interop_threads()")
    _interop = n


def _check(n, who):
    if not isinstance(n, int) or n < 1:
        raise ArgumentRuntimeError(
            explain(who, expected="a positive int", got=n, do="Pass 1 or more.")
        )


@functools.cache
def blas_function(name):
    """A function ``openblas_<name>`` of NumPy's own OpenBLAS, or None."""
    library = blas_library()
    for pattern in ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_"):
        found = getattr(library, pattern.format(name), None)
        if found is not None:
            return found
    return getattr(library, f"openblas_{name}", None)


def blas_library():
    """NumPy's OpenBLAS, found among the libraries that its extension brought in."""
    import numpy

    folder = os.path.join(
        os.path.dirname(os.path.dirname(numpy.__file__)), "numpy.libs"
    )
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        if "openblas" in name:
            return ctypes.CDLL(os.path.join(folder, name))
    own = numpy._core._multiarray_umath  # type: ignore[attr-defined]
    return ctypes.CDLL(own.__file__)


if _from_environment("RUSHLIGHT_NUM_THREADS"):
    tell_blas(get_num_threads())
