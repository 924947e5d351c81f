"""Convolutions whose windows do not overlap, as matrix products, for the compiler.

Where the stride is the window's own size (the patches of a vision transformer, the
first layer of a ConvNeXt), every element of the input is read once: the patches are the
input's own elements in another order, and the convolution is one product with them.
"""

from math import prod

#: Elements of a window from which on a product is worth its other order.
_WORTH = 33


def patches_forward(k, x, w, b, *, stride, pads, dilation, groups, out_size):
    """``y = w * x + b`` of patches."""
    kernel = w.shape[2:]
    _check(k, kernel, stride, pads, dilation, groups)
    out = [size // step for size, step in zip(x.shape[2:], stride)]
    flat = k.reshape(w, (w.shape[0], -1))
    found = k.matmul(_patches(k, x, kernel, out), k.transpose(flat, 0, 1))
    found = found if b is None else k.add(found, b)
    return _channels_second(k, k.reshape(found, (x.shape[0], *out, w.shape[0])))


def patches_input(k, g, w, *, stride, pads, dilation, groups, size):
    """What reaches x from g."""
    kernel, out = w.shape[2:], g.shape[2:]
    _check(k, kernel, stride, pads, dilation, groups)
    found = k.matmul(_rows(k, g), k.reshape(w, (w.shape[0], -1)))
    found = k.reshape(found, (g.shape[0], *out, w.shape[1], *kernel))
    dims, count = len(out), found.ndim
    order = [0, dims + 1]
    for dim in range(dims):
        order += [1 + dim, dims + 2 + dim]
    found = k.permute(found, order[:count])
    covered = [n * step for n, step in zip(out, kernel)]
    found = k.reshape(found, (g.shape[0], w.shape[1], *covered))
    index = (Ellipsis, *[slice(0, n) for n in covered])
    return k.place(found, (*found.shape[:2], *size), index)


def patches_weight(k, g, x, *, stride, pads, dilation, groups, shape):
    """What reaches w from g."""
    kernel = shape[2:]
    _check(k, kernel, stride, pads, dilation, groups)
    patches = _patches(k, x, kernel, g.shape[2:])
    found = k.matmul(k.transpose(_rows(k, g), 0, 1), patches)
    return k.reshape(found, shape)


def _check(k, kernel, stride, pads, dilation, groups):
    """Leave to other ways what does not read every element once."""
    plain = set(dilation) == {1} and groups == 1 and {0} == {p for q in pads for p in q}
    if not plain or tuple(kernel) != tuple(stride) or prod(kernel) < _WORTH:
        raise k.NotLowered


def _patches(k, x, kernel, out):
    """Windows as rows: (N * prod(out), C * prod(kernel))."""
    batch, channels = x.shape[:2]
    x = k.slice(x, (..., *[slice(0, n * step) for n, step in zip(out, kernel)]))
    parted = [size for pair in zip(out, kernel) for size in pair]
    x = k.reshape(x, (batch, channels, *parted))
    dims = range(len(out))
    order = [0, *[2 + 2 * dim for dim in dims], 1, *[3 + 2 * dim for dim in dims]]
    return k.reshape(k.permute(x, order), (batch * prod(out), -1))


def _rows(k, g):
    """Outputs as rows: (N * prod(out), O)."""
    order = [0, *range(2, g.ndim), 1]
    return k.reshape(k.permute(g, order), (-1, g.shape[1]))


def _channels_second(k, y):
    """(N, *out, O) as (N, O, *out)."""
    return k.permute(y, [0, y.ndim - 1, *range(1, y.ndim - 1)])
