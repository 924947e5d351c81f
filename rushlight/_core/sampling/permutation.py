"""Permutations: the numbers 0 to n - 1, shuffled."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ShapeError,
    explain,
)
from rushlight._core.generator import default_generator
from rushlight._core.sampling import fills
from rushlight._core.sampling.integers import last_exact
from rushlight._core.sampling.shuffle import shuffle_inside_out
from rushlight._core.sampling.uniform import BFLOAT16, check_plain

_WIDE = (2**32 - 1) // 20  # from here on 64 bits are drawn for each number


def permutation(generator, n, dtype):
    """The numbers 0 to n - 1 in random order (Fisher and Yates' shuffle).

    Args:
        generator: a Generator, or None.
        n: how many.
        dtype: any real dtype but bool that counts up to n - 1.

    Returns:
        (n,), dtype.

    Raises:
        RuntimeError: for a negative n, or a dtype that is too narrow.
        NotImplementedError: for bool and complex dtypes.

    >>> import numpy as np
    >>> sorted(permutation(None, 5, np.dtype("i8")).tolist())
    [0, 1, 2, 3, 4]
    """
    _check(n, dtype)
    generator = generator or default_generator
    with generator.lock:
        if n >= _WIDE:
            found = shuffle_inside_out(generator, n)
        else:
            found = fills.current.shuffled(generator, n)
    return found.astype(dtype, copy=False)


def _check(n, dtype):
    if n < 0:
        raise ShapeError(
            explain("randperm()", expected="n >= 0", got=n, do="Pass a length.")
        )
    check_plain(dtype, "randperm()", refused="bc")
    most = n if dtype == BFLOAT16 else last_exact(dtype)
    if n - 1 > most:
        raise ArgumentRuntimeError(
            explain(
                "randperm()",
                expected=f"n - 1 <= {most}, the last that {dtype} counts to",
                got=f"n={n}",
                do="Use int64.",
            )
        )
