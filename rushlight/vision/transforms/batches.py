"""Stacks of transforms, applied to a batch of pictures at once.

# Note [Batches of pictures]
# A dataset that holds its pictures in one array can hand a batch of them to its
# transforms as one, with the results that row by row would give, bit for bit:
# * `Pictures` stand for Pillow images (grey or RGB); what ToTensor makes of them is
#   one tensor (N, C, H, W).
# * A transform that can take a batch has a method `batch(images, draws)`, which takes
#   Pictures or such a tensor, may write into it, and gives the same or the other.  One
#   that is only sure of one of the two raises NotBatched for the other.  Its class
#   attribute `draws` says whether it takes random numbers.
# * A subclass inherits no `batch`: it may mean something else.
# * What has none (a function of the user's) takes the rows one by one; what comes
#   before it may still take them at once, provided that it draws no random numbers.

# Note [Random numbers of a batch]
# Row by row, every random transform draws in turn for one row, then for the next.  Each
# number takes 32 bits of the default generator.  So the bits of a batch are drawn as a
# table with a line for each row, and each transform finds its own in columns.  How many
# columns there are shows when the stack is run with the first row alone.
"""

import numpy as np

from rushlight._core.generator import default_generator
from rushlight._core.tensor import Tensor, wrap
from rushlight.nn._module.everywhere import EVERYWHERE
from rushlight.vision._images import image_of

_LOW_24 = np.uint64(2**24 - 1)
_TO_UNIT = np.float32(2.0**-24)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks")


class NotBatched(Exception):
    """These images go row by row: raised by a `batch` method, never seen by users."""


class Pictures:
    """Grey or coloured pictures of one size, in the place of as many Pillow images.

    Attributes:
        pixels: Tensor (N, H, W) or (N, 3, H, W), uint8.
    """

    __slots__ = ("pixels",)

    def __init__(self, pixels):
        self.pixels = pixels

    def images(self):
        """The Pillow images, one after another."""
        array = self.pixels._array
        if array.ndim == 3:
            return map(image_of, array)
        return (image_of(planes.transpose(1, 2, 0), "RGB") for planes in array)

    def planes(self):
        """Tensor (N, C, H, W), uint8."""
        return self.pixels[:, None] if self.pixels.ndim == 3 else self.pixels


class Draws:
    """The random bits of a batch: a line for each row, a column for each number."""

    def __init__(self):
        self.columns = 0
        self._bits = None

    def draw(self, rows):
        """Draw the bits for as many numbers a row as were taken until now."""
        with default_generator.lock:
            bits = default_generator.raw(rows * self.columns)
        self._bits = bits.reshape(rows, self.columns)
        self.columns = 0

    def _take(self):
        column = self.columns
        self.columns += 1
        if self._bits is None:
            return np.zeros(1, np.uint64)
        return self._bits[:, column]

    def unit(self):
        """What `torch.rand(1)` gives for each row.

        Returns:
            Tensor (N,), float32.

        >>> draws = Draws()
        >>> draws.columns = 1
        >>> draws.draw(2)
        >>> draws.unit()
        tensor([0.4963, 0.7682])
        """
        return wrap((self._take() & _LOW_24).astype(np.float32) * _TO_UNIT)

    def below(self, high):
        """What `torch.randint(0, high, (1,))` gives for each row.

        Args:
            high: int, less than 2**28.

        Returns:
            (N,), int64 ndarray.

        >>> draws = Draws()
        >>> draws.columns = 1
        >>> draws.draw(4)
        >>> draws.below(5)
        array([4, 4, 3, 0])
        """
        return (self._take() % np.uint64(high)).astype(np.int64)


def can_batch(transform):
    """Whether a transform takes batches: its own class says how, nothing interferes."""
    own = getattr(transform, "__dict__", {})
    return (
        "batch" in vars(type(transform))
        and hasattr(transform, "draws")
        and "forward" not in own
        and not EVERYWHERE.calls
        and not any(own.get(name) for name in _HOOKS)
    )


def steps_of(transform):
    """The transforms that a transform is made of, nested lists of them opened."""
    steps = getattr(transform, "batch_steps", None)
    if steps is None or "batch_steps" not in vars(type(transform)):
        return [transform]
    return [inner for step in steps() for inner in steps_of(step)]


def transform_batch(transform, pixels, alone=True):
    """What a transform makes of a batch of pictures.

    Args:
        transform: a transform, or None.
        pixels: (N, H, W) or (N, 3, H, W), uint8 ndarray, which is the transforms' to
            write into.
        alone: whether nothing else can draw random numbers between two rows.

    Returns:
        Pair (images, rest): a tensor (N, ...), and the transforms that are still to be
        applied to each of its rows; or None where every row must go its own way from
        the start.
    """
    steps = [] if transform is None else steps_of(transform)
    count = next((i for i, step in enumerate(steps) if not can_batch(step)), len(steps))
    ready, rest = steps[:count], steps[count:]
    draws = Draws()
    try:
        if any(step.draws for step in ready):
            if rest or not alone:
                return None
            _run(ready, wrap(pixels[:1].copy()), draws)
            draws.draw(len(pixels))
        images = _run(ready, wrap(pixels), draws)
    except Exception:  # noqa: BLE001 - row by row finds the words, or another way
        return None
    return (images.contiguous(), rest) if isinstance(images, Tensor) else None


def _run(steps, pixels, draws):
    images = Pictures(pixels)
    for step in steps:
        images = step.batch(images, draws)
    return images


def on_pixels(function, images, *args):
    """Apply a function of image tensors to Pictures or to a tensor of images."""
    if isinstance(images, Pictures):
        return Pictures(function(images.pixels, *args))
    return function(images, *args)


def need_pictures(images):
    """Refuse anything but Pictures.

    Raises:
        NotBatched: for a tensor.
    """
    if not isinstance(images, Pictures):
        raise NotBatched
    return images


def need_tensor(images):
    """Refuse anything but a tensor.

    Raises:
        NotBatched: for Pictures.
    """
    if not isinstance(images, Tensor):
        raise NotBatched
    return images
