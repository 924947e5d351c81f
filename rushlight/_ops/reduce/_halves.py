"""Products along rows, which NumPy makes one element after another."""

#: Elements of an array that is not worth it.
MANY = 4096


def halved(x, axis):
    """The first half times the second, again and again until at most 16 are left."""
    lanes = x.swapaxes(axis, -1)
    while lanes.shape[-1] > 16:
        half = lanes.shape[-1] // 2
        rest = lanes[..., 2 * half :]
        lanes = lanes[..., :half] * lanes[..., half : 2 * half]
        if rest.shape[-1]:
            lanes[..., :1] *= rest
    return lanes.swapaxes(axis, -1)
