"""Transforms of an image's values: random brightness, colours, grey, negatives."""

import numbers

from rushlight._base.errors import ArgumentTypeError
from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.arguments import happens, refuse, uniform


class ColorJitter(Module):
    """Change brightness, contrast, saturation and hue at random, in random order.

    Args:
        brightness, contrast, saturation: (least, largest) factor, or one number:
            [max(0, 1 - number), 1 + number].
        hue: (least, largest) parts of the circle of colours, or one number for both
            directions; at most 0.5.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    >>> ColorJitter(0.5)
    ColorJitter(brightness=(0.5, 1.5), contrast=None, saturation=None, hue=None)
    """

    def __init__(self, brightness=0, contrast=0, saturation=0, hue=0):
        super().__init__()
        self.brightness = _range("brightness", brightness)
        self.contrast = _range("contrast", contrast)
        self.saturation = _range("saturation", saturation)
        self.hue = _range("hue", hue, middle=0, bounds=(-0.5, 0.5))

    @staticmethod
    def get_params(brightness, contrast, saturation, hue):
        """A random order, (4,), and a random number in each range; None for None."""
        order = TORCH["randperm"](4)
        ranges = (brightness, contrast, saturation, hue)
        return (order, *(None if r is None else uniform(r[0], r[1]) for r in ranges))

    def forward(self, img):
        """The changed image."""
        order, *values = self.get_params(
            self.brightness, self.contrast, self.saturation, self.hue
        )
        for number in order.tolist():
            if values[number] is not None:
                img = _ADJUSTING[number](img, values[number])
        return img

    def __repr__(self):
        return (
            f"{type(self).__name__}(brightness={self.brightness}, "
            f"contrast={self.contrast}, saturation={self.saturation}, hue={self.hue})"
        )


_ADJUSTING = (
    F.adjust_brightness,
    F.adjust_contrast,
    F.adjust_saturation,
    F.adjust_hue,
)


def _range(name, value, middle=1, bounds=(0, float("inf"))):
    who = "ColorJitter()"
    if isinstance(value, numbers.Number):
        if value < 0:
            refuse(who, name, "a number that is not negative", value)
        low = middle - float(value)
        ends = [max(low, 0.0) if middle else low, middle + float(value)]
    elif isinstance(value, (tuple, list)) and len(value) == 2:
        ends = [float(value[0]), float(value[1])]
    else:
        expected = "a single number or a list/tuple with length 2"
        refuse(who, name, expected, value, ArgumentTypeError)
    if not bounds[0] <= ends[0] <= ends[1] <= bounds[1]:
        refuse(who, name, f"values between {bounds}, the least first", ends)
    return None if ends[0] == ends[1] == middle else tuple(ends)


class Grayscale(Module):
    """The grey of an image.

    Args:
        num_output_channels: 1 or 3, three equal ones.

    >>> import rushlight
    >>> Grayscale()(rushlight.zeros(3, 2, 2)).shape
    torch.Size([1, 2, 2])
    """

    def __init__(self, num_output_channels=1):
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img):
        """The grey image."""
        return F.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)

    def __repr__(self):
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"


class RandomGrayscale(Module):
    """The grey of an image in as many channels, with a probability.

    Args:
        p: the probability.

    >>> import rushlight
    >>> RandomGrayscale(1.0)(rushlight.zeros(3, 2, 2)).shape
    torch.Size([3, 2, 2])
    """

    def __init__(self, p=0.1):
        super().__init__()
        self.p = p

    def forward(self, img):
        """The image, grey or as it is."""
        channels = F.get_dimensions(img)[0]
        if happens(self.p):
            return F.rgb_to_grayscale(img, num_output_channels=channels)
        return img

    def __repr__(self):
        return f"{type(self).__name__}(p={self.p})"


class _Sometimes(Module):
    """One function of `functional`, with a probability."""

    names = ()  # of the arguments before p, which are attributes too

    def __init__(self, *values, p=0.5):
        super().__init__()
        for name, value in zip(self.names, values, strict=True):
            setattr(self, name, value)
        self.p = p

    def forward(self, img):
        """The image, changed or as it is."""
        if not happens(self.p):
            return img
        return self._change(img, *(getattr(self, name) for name in self.names))

    def __repr__(self):
        shown = [f"{name}={getattr(self, name)}" for name in (*self.names, "p")]
        return f"{type(self).__name__}({','.join(shown)})"


class RandomInvert(_Sometimes):
    """The negative of an image, with a probability.

    Args:
        p: the probability.

    >>> RandomInvert(0.2)
    RandomInvert(p=0.2)
    """

    _change = staticmethod(F.invert)

    def __init__(self, p=0.5):
        super().__init__(p=p)


class RandomAutocontrast(_Sometimes):
    """Stretch an image's values, with a probability.

    Args:
        p: the probability.

    >>> RandomAutocontrast(0.2)
    RandomAutocontrast(p=0.2)
    """

    _change = staticmethod(F.autocontrast)

    def __init__(self, p=0.5):
        super().__init__(p=p)


class RandomEqualize(_Sometimes):
    """Make an image's values equally frequent, with a probability.

    Args:
        p: the probability.

    >>> RandomEqualize(0.2)
    RandomEqualize(p=0.2)
    """

    _change = staticmethod(F.equalize)

    def __init__(self, p=0.5):
        super().__init__(p=p)


class RandomPosterize(_Sometimes):
    """Keep a few bits of each value, with a probability.

    Args:
        bits: how many, 0 to 8.
        p: the probability.

    >>> RandomPosterize(4)
    RandomPosterize(bits=4,p=0.5)
    """

    names = ("bits",)
    _change = staticmethod(F.posterize)

    def __init__(self, bits, p=0.5):
        super().__init__(bits, p=p)


class RandomSolarize(_Sometimes):
    """The negative of large values, with a probability.

    Args:
        threshold: the least value that is exchanged.
        p: the probability.

    >>> RandomSolarize(128)
    RandomSolarize(threshold=128,p=0.5)
    """

    names = ("threshold",)
    _change = staticmethod(F.solarize)

    def __init__(self, threshold, p=0.5):
        super().__init__(threshold, p=p)


class RandomAdjustSharpness(_Sometimes):
    """Blur or sharpen an image, with a probability.

    Args:
        sharpness_factor: 0 blurs, 1 gives the image, 2 sharpens.
        p: the probability.

    >>> RandomAdjustSharpness(2)
    RandomAdjustSharpness(sharpness_factor=2,p=0.5)
    """

    names = ("sharpness_factor",)
    _change = staticmethod(F.adjust_sharpness)

    def __init__(self, sharpness_factor, p=0.5):
        super().__init__(sharpness_factor, p=p)
