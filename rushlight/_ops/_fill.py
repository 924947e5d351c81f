"""Shared by the families: random values in the order in which PyTorch fills memory."""

from rushlight._core.sampling import in_memory_order


def fill_like(backend, x, sample):
    """An array like x with ``sample(shape)`` in PyTorch's order of filling."""
    order = in_memory_order(x)
    values = sample(order.shape)
    if order is not x:
        whole = backend.np.empty_like(x, dtype=values.dtype)
        in_memory_order(whole)[...] = at_home(backend, values, x)
        return whole
    return at_home(backend, values, x)


def at_home(backend, values, x):
    """Values that were drawn on the host, on the device of an array."""
    if values.__class__ is x.__class__:
        return values
    return backend.from_host(values, backend.device_of(x))


def zero_grad(g):
    """The gradient of what does not depend on its input."""
    return g.new_zeros(g._array.shape)
