"""Row numbers checked, and rows added up by number."""

import numpy

from rushlight._base.errors import DtypeError, OutOfRangeError, ShapeError, explain

_SMALL = 1_000_000  # elements of a one-hot matrix
_CHEAP = 50_000_000  # multiplications with it
_OFTEN = 16  # rows of one number, on average


def check_numbers(indices, w, who, error=OutOfRangeError):
    """Refuse row numbers of a wrong dtype or outside the table."""
    if w.ndim != 2:
        raise ShapeError(
            explain(
                who,
                expected="'weight' to be 2-D: (rows, size)",
                got=f"{w.ndim}D",
                do="Pass the table of all embeddings.",
            )
        )
    if indices.dtype.kind != "i" or indices.dtype.itemsize < 4:
        raise DtypeError(
            explain(
                who,
                expected="indices of dtype int64 or int32",
                got=indices.dtype,
                do="Convert them with .long().",
            )
        )
    if not hasattr(indices, "view") or not indices.size:
        return
    unsigned = indices.view(f"u{indices.dtype.itemsize}")  # negatives become huge
    if numpy.maximum.reduce(unsigned, None) >= len(w):
        wrong = indices[(indices < 0) | (indices >= len(w))].reshape(-1)[0]
        raise error(
            explain(
                who,
                expected=f"indices from 0 to {len(w) - 1}",
                got=f"index out of range: {wrong}, not in the valid range "
                f"[0, {len(w)})",
                do="The table needs a row for every number.",
            )
        )


def add_rows(np, rows, numbers, count):
    """(count, D): the sum of the rows (n, D) of each number.

    By a product with a one-hot matrix where that is small; else the rows are sorted by
    their numbers and summed run by run.
    """
    n, size = rows.shape
    if count * n <= _SMALL and count * n * size <= _CHEAP and rows.dtype.kind == "f":
        chosen = np.zeros((count, n), rows.dtype)
        chosen[numbers, np.arange(n)] = 1
        return np.matmul(chosen, rows)
    total = np.zeros((count, size), rows.dtype)
    if not n:
        return total
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    values, rows = ordered[starts], rows[order]
    if n < _OFTEN * len(starts):
        total[values] = np.add.reduceat(rows, starts, axis=0)
        return total
    edges = [*starts.tolist(), n]
    for value, first, last in zip(values.tolist(), edges, edges[1:]):
        np.add.reduce(rows[first:last], 0, out=total[value])
    return total
