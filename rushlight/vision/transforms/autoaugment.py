"""Augmentation that was searched for: AutoAugment and its simpler kin."""

import math
from enum import Enum

import numpy as np

from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms._policies import POLICIES
from rushlight.vision.transforms.arguments import fill_for, refuse, whole
from rushlight.vision.transforms.functional import InterpolationMode

__all__ = [
    "AugMix",
    "AutoAugment",
    "AutoAugmentPolicy",
    "RandAugment",
    "TrivialAugmentWide",
]

_NEAREST = InterpolationMode.NEAREST
_COLOURS = ("Brightness", "Color", "Contrast", "Sharpness")
_STRENGTHS = 10  # of AugMix


class AutoAugmentPolicy(Enum):
    """The data that a policy was found on."""

    IMAGENET = "imagenet"
    CIFAR10 = "cifar10"
    SVHN = "svhn"


def _shear(image, x, y, interpolation, fill):
    angles = [math.degrees(math.atan(part)) for part in (x, y)]
    return F.affine(image, 0.0, [0, 0], 1.0, angles, interpolation, fill, center=[0, 0])


def _move(image, x, y, interpolation, fill):
    return F.affine(image, 0.0, [int(x), int(y)], 1.0, [0.0, 0.0], interpolation, fill)


#: Name -> a function of the image, the strength, and how to turn images.
_CHANGES = {
    "Identity": lambda image, m, *how: image,
    "ShearX": lambda image, m, *how: _shear(image, m, 0.0, *how),
    "ShearY": lambda image, m, *how: _shear(image, 0.0, m, *how),
    "TranslateX": lambda image, m, *how: _move(image, m, 0, *how),
    "TranslateY": lambda image, m, *how: _move(image, 0, m, *how),
    "Rotate": lambda image, m, mode, fill: F.rotate(image, m, mode, fill=fill),
    "Brightness": lambda image, m, *how: F.adjust_brightness(image, 1.0 + m),
    "Color": lambda image, m, *how: F.adjust_saturation(image, 1.0 + m),
    "Contrast": lambda image, m, *how: F.adjust_contrast(image, 1.0 + m),
    "Sharpness": lambda image, m, *how: F.adjust_sharpness(image, 1.0 + m),
    "Posterize": lambda image, m, *how: F.posterize(image, int(m)),
    "Solarize": lambda image, m, *how: F.solarize(image, m),
    "AutoContrast": lambda image, m, *how: F.autocontrast(image),
    "Equalize": lambda image, m, *how: F.equalize(image),
    "Invert": lambda image, m, *how: F.invert(image),
}


def _strengths(bins, turn, lean, moves, factor, bits):
    """Name -> (its strengths, the weakest first, or None; whether they have signs).

    Args:
        bins: the number of strengths.
        turn: the largest angle; lean: the largest shear; moves: the largest (x, y).
        factor: the largest change of brightness and colours.
        bits: how many bits posterizing takes away at most.
    """

    def steps(end):
        return TORCH["linspace"](0.0, end, bins).tolist()

    kept = 8 - np.round(np.arange(bins, dtype="f4") / np.float32((bins - 1) / bits))
    found = {"Identity": (None, False)}
    found.update(dict.fromkeys(("ShearX", "ShearY"), (steps(lean), True)))
    found["TranslateX"] = (steps(moves[0]), True)
    found["TranslateY"] = (steps(moves[1]), True)
    found["Rotate"] = (steps(turn), True)
    found.update(dict.fromkeys(_COLOURS, (steps(factor), True)))
    found["Posterize"] = (kept.tolist(), False)
    found["Solarize"] = (TORCH["linspace"](255.0, 0.0, bins).tolist(), False)
    found.update(dict.fromkeys(("AutoContrast", "Equalize"), (None, False)))
    return found


def _usual_strengths(bins, height, width):
    moves = (150.0 / 331.0 * width, 150.0 / 331.0 * height)
    return _strengths(bins, 30.0, 0.3, moves, 0.9, 4)


class AutoAugment(Module):
    """One of the pairs of changes that were found to help, at random.

    Args:
        policy: an `AutoAugmentPolicy`.
        interpolation, fill: as for `functional.affine`.

    Raises:
        ValueError: for another policy.

    See:
        Cubuk et al., "AutoAugment" (2018), arXiv:1805.09501.

    >>> AutoAugment()
    AutoAugment(policy=AutoAugmentPolicy.IMAGENET, fill=None)
    """

    def __init__(
        self, policy=AutoAugmentPolicy.IMAGENET, interpolation=_NEAREST, fill=None
    ):
        super().__init__()
        if not isinstance(policy, AutoAugmentPolicy):
            refuse("AutoAugment()", "policy", "an AutoAugmentPolicy", policy)
        self.policy = policy
        self.interpolation = interpolation
        self.fill = fill
        self.policies = POLICIES[policy.value]

    @staticmethod
    def get_params(transform_num):
        """A random pair's number, two random numbers in [0, 1), two signs: 0 or 1."""
        number = TORCH["randint"](transform_num, (1,)).item()
        return number, TORCH["rand"]((2,)), TORCH["randint"](2, (2,))

    def forward(self, img):
        """The image, changed at most twice."""
        channels, height, width = F.get_dimensions(img)
        fill = fill_for(img, self.fill, channels)
        number, chances, signs = self.get_params(len(self.policies))
        strengths = {**_usual_strengths(10, height, width), "Invert": (None, False)}
        pair = zip(self.policies[number], chances, signs.tolist(), strict=True)
        for (name, chance, place), drawn, sign in pair:
            if not drawn <= chance:
                continue
            values, signed = strengths[name]
            strength = 0.0 if place is None or values is None else values[place]
            if signed and sign == 0:
                strength = -strength
            img = _CHANGES[name](img, strength, self.interpolation, fill)
        return img

    def __repr__(self):
        return f"{type(self).__name__}(policy={self.policy}, fill={self.fill})"


class _Random(Module):
    """A random change of a random sign."""

    def _changed(self, img, strengths, place):
        fill = fill_for(img, self.fill, F.get_dimensions(img)[0])
        name = list(strengths)[whole(0, len(strengths))]
        values, signed = strengths[name]
        strength = 0.0 if values is None else values[place(values)]
        if signed and whole(0, 2):
            strength = -strength
        return _CHANGES[name](img, strength, self.interpolation, fill)


class RandAugment(_Random):
    """A few random changes of one strength.

    Args:
        num_ops: how many.
        magnitude: their strength, a place in num_magnitude_bins.
        num_magnitude_bins: the number of strengths.
        interpolation, fill: as for `functional.affine`.

    See:
        Cubuk et al., "RandAugment" (2019), arXiv:1909.13719.

    >>> RandAugment().magnitude
    9
    """

    def __init__(
        self,
        num_ops=2,
        magnitude=9,
        num_magnitude_bins=31,
        interpolation=_NEAREST,
        fill=None,
    ):
        super().__init__()
        self.num_ops = num_ops
        self.magnitude = magnitude
        self.num_magnitude_bins = num_magnitude_bins
        self.interpolation = interpolation
        self.fill = fill

    def forward(self, img):
        """The changed image."""
        _, height, width = F.get_dimensions(img)
        strengths = _usual_strengths(self.num_magnitude_bins, height, width)
        for _ in range(self.num_ops):
            img = self._changed(img, strengths, lambda values: self.magnitude)
        return img

    def __repr__(self):
        return (
            f"{type(self).__name__}(num_ops={self.num_ops}, "
            f"magnitude={self.magnitude}, "
            f"num_magnitude_bins={self.num_magnitude_bins}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )


class TrivialAugmentWide(_Random):
    """One random change of random strength.

    Args:
        num_magnitude_bins: the number of strengths.
        interpolation, fill: as for `functional.affine`.

    See:
        Mueller and Hutter, "TrivialAugment" (2021), arXiv:2103.10158.

    >>> TrivialAugmentWide().num_magnitude_bins
    31
    """

    def __init__(self, num_magnitude_bins=31, interpolation=_NEAREST, fill=None):
        super().__init__()
        self.num_magnitude_bins = num_magnitude_bins
        self.interpolation = interpolation
        self.fill = fill

    def forward(self, img):
        """The changed image."""
        bins = self.num_magnitude_bins
        strengths = _strengths(bins, 135.0, 0.99, (32.0, 32.0), 0.99, 6)
        return self._changed(img, strengths, lambda values: whole(0, len(values)))

    def __repr__(self):
        return (
            f"{type(self).__name__}(num_magnitude_bins={self.num_magnitude_bins}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )


class AugMix(Module):
    """A mixture of an image and of several chains of random changes of it.

    Args:
        severity: the changes' largest strength, 1 to 10.
        mixture_width: the number of chains.
        chain_depth: changes in each; random, 1 to 3, where it is not positive.
        alpha: how even the mixture is.
        all_ops: whether brightness, contrast, colour and sharpness change too.
        interpolation, fill: as for `functional.affine`.

    Raises:
        ValueError: for another severity.

    See:
        Hendrycks et al., "AugMix" (2019), arXiv:1912.02781.

    >>> AugMix().severity
    3
    """

    def __init__(
        self,
        severity=3,
        mixture_width=3,
        chain_depth=-1,
        alpha=1.0,
        all_ops=True,
        interpolation=InterpolationMode.BILINEAR,
        fill=None,
    ):
        super().__init__()
        if not 1 <= severity <= _STRENGTHS:
            expected = f"a number between 1 and {_STRENGTHS}"
            refuse("AugMix()", "severity", expected, severity)
        self.severity = severity
        self.mixture_width = mixture_width
        self.chain_depth = chain_depth
        self.alpha = alpha
        self.all_ops = all_ops
        self.interpolation = interpolation
        self.fill = fill

    def _space(self, height, width):
        """Name -> (strengths, signed), in torchvision's order."""
        moves = (width / 3.0, height / 3.0)
        found = _strengths(_STRENGTHS, 30.0, 0.3, moves, 0.9, 4)
        kept = [bits - 4 for bits in found["Posterize"][0]]
        found["Posterize"] = (kept, False)
        del found["Identity"]
        colours = {name: found.pop(name) for name in _COLOURS}
        return {**found, **colours} if self.all_ops else found

    def _shares(self, count, batch):
        from rushlight.distributions import Dirichlet

        concentration = TORCH["full"]((batch, count), self.alpha)
        return Dirichlet(concentration).sample()

    def forward(self, img):
        """The mixed image."""
        channels, height, width = F.get_dimensions(img)
        fill = fill_for(img, self.fill, channels)
        image = img if isinstance(img, Tensor) else F.pil_to_tensor(img)
        batch = image.view(*[1] * (4 - image.ndim), *image.shape)
        space, one = self._space(height, width), [-1] + [1] * (batch.ndim - 1)
        parts = self._shares(2, len(batch))
        shares = self._shares(self.mixture_width, len(batch)) * parts[:, 1:]
        mixed = parts[:, 0].view(one) * batch
        for chain in range(self.mixture_width):
            changed = self._chain(batch, space, fill)
            mixed.add_(shares[:, chain].view(one) * changed)
        mixed = mixed.view(image.shape).to(image.dtype)
        return mixed if isinstance(img, Tensor) else F.to_pil_image(mixed)

    def _chain(self, image, space, fill):
        depth = self.chain_depth if self.chain_depth > 0 else whole(1, 4)
        for _ in range(depth):
            name = list(space)[whole(0, len(space))]
            values, signed = space[name]
            strength = 0.0 if values is None else values[whole(0, self.severity)]
            if signed and whole(0, 2):
                strength = -strength
            image = _CHANGES[name](image, strength, self.interpolation, fill)
        return image

    def __repr__(self):
        names = "severity mixture_width chain_depth alpha all_ops interpolation fill"
        shown = [f"{name}={getattr(self, name)}" for name in names.split()]
        return f"{type(self).__name__}({', '.join(shown)})"
