"""The algorithm of LU factors with row exchanges, on arrays of matrices."""

import math


def factor(np, x):
    """Gaussian elimination with partial pivoting, of all matrices at once.

    Args:
        np: the array namespace.
        x: (*, m, n).

    Returns:
        (packed, pivots): (*, m, n) with U and, below the diagonal, L; and
            (*, min(m, n)) int32, which row from 1 each row was exchanged with.
    """
    *batch, m, n = x.shape
    count, steps = math.prod(batch), min(m, n)
    packed = np.array(x, order="C").reshape(count, m, n)
    pivots = np.zeros((count, steps), np.int32)
    each = np.arange(count)
    with np.errstate(all="ignore"):
        for k in range(steps):
            column = packed[:, k:, k]
            sizes = np.abs(column.real)
            if x.dtype.kind == "c":  # as LAPACK compares complex numbers
                sizes = sizes + np.abs(column.imag)
            places = sizes.argmax(-1) + k
            pivots[:, k] = places + 1
            kept = packed[each, places].copy()
            packed[each, places] = packed[:, k]
            packed[:, k] = kept
            head = kept[:, k, None]
            column = packed[:, k + 1 :, k]
            np.divide(column, head, out=column, where=head != 0)
            rest = packed[:, k + 1 :, k + 1 :]
            rest -= column[:, :, None] * packed[:, k, None, k + 1 :]
    return packed.reshape(*batch, m, n), pivots.reshape(*batch, steps)


def row_order(np, pivots, rows):
    """The order of rows that a series of exchanges makes: (*, rows)."""
    batch, steps = pivots.shape[:-1], pivots.shape[-1]
    flat = pivots.reshape(math.prod(batch), steps)
    order = np.tile(np.arange(rows), (len(flat), 1))
    each = np.arange(len(flat))
    for k in range(flat.shape[-1]):
        other = flat[:, k] - 1
        kept = order[each, other].copy()
        order[each, other] = order[:, k]
        order[:, k] = kept
    return order.reshape(*batch, rows)
