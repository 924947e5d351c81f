"""The order in which an existing array is filled."""


def in_memory_order(array):
    """A view of the array whose C order is the order in which PyTorch fills it.

    PyTorch walks an array from its smallest stride to its largest, so a transposed
    array is filled along its memory, not along its rows.

    Args:
        array: any array with strides.

    Returns:
        The same memory with its axes permuted.

    >>> import numpy as np
    >>> in_memory_order(np.zeros((2, 3)).T).shape
    (2, 3)
    """
    if array.ndim < 2 or array.flags.c_contiguous:
        return array
    return array.transpose(_slowest_first(array.shape, array.strides))


def _slowest_first(shape, strides):
    """The axes, from the one to walk last to the one to walk first."""
    # An insertion sort, as a stride of 0 or an equal stride has no fixed place: it
    # stays where it was against such neighbours.
    order = list(range(len(shape)))[::-1]  # fastest first
    for end in range(1, len(order)):
        moving = end
        for other in range(end - 1, -1, -1):
            verdict = _walks_later(order[other], order[moving], shape, strides)
            if verdict > 0:
                order[other], order[moving] = order[moving], order[other]
                moving = other
            elif verdict < 0:
                break
    return order[::-1]


def _walks_later(a, b, shape, strides):
    """1 if axis a must be walked after axis b, -1 if before, 0 if it is open."""
    if strides[a] == 0 or strides[b] == 0:
        return 0
    if strides[a] != strides[b]:
        return 1 if abs(strides[a]) > abs(strides[b]) else -1
    return 1 if shape[a] > shape[b] else 0
