"""Transforms that turn, move and distort images at random."""

from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight.nn.modules.module import Module
from rushlight.vision.transforms import functional as F
from rushlight.vision.transforms.arguments import (
    angles_of,
    check_sequence,
    fill_argument,
    fill_for,
    happens,
    refuse,
    uniform,
    whole,
)
from rushlight.vision.transforms.functional.resample import (
    InterpolationMode,
    as_interpolation,
)

_NEAREST, _BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR


class RandomRotation(Module):
    """Turn an image by a random angle.

    Args:
        degrees: (least, largest), or one number for both directions.
        interpolation, expand, center, fill: as for `functional.rotate`.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    >>> RandomRotation(30)
    RandomRotation(degrees=[-30.0, 30.0], interpolation=nearest, expand=False, fill=0)
    """

    def __init__(
        self, degrees, interpolation=_NEAREST, expand=False, center=None, fill=0
    ):
        super().__init__()
        who = "RandomRotation()"
        self.degrees = angles_of(who, "degrees", degrees)
        if center is not None:
            check_sequence(who, "center", center)
        self.center = center
        self.interpolation = _mode(interpolation, who)
        self.expand = expand
        self.fill = fill_argument(who, fill)

    @staticmethod
    def get_params(degrees):
        """A random angle between two, in degrees."""
        return uniform(float(degrees[0]), float(degrees[1]))

    def forward(self, img):
        """The turned image."""
        fill = fill_for(img, self.fill, F.get_dimensions(img)[0])
        angle = self.get_params(self.degrees)
        return F.rotate(img, angle, self.interpolation, self.expand, self.center, fill)

    def __repr__(self):
        center = "" if self.center is None else f", center={self.center}"
        return (
            f"{type(self).__name__}(degrees={self.degrees}, "
            f"interpolation={self.interpolation.value}, expand={self.expand}{center}, "
            f"fill={self.fill})"
        )


def _mode(interpolation, who):
    if isinstance(interpolation, int):
        return as_interpolation(interpolation, who)
    return interpolation


class RandomAffine(Module):
    """Turn, move, scale and shear an image at random.

    Args:
        degrees: (least, largest) angle, or one number for both directions.
        translate: the largest shares of width and height to move by, in [0, 1].
        scale: (least, largest) factor.
        shear: (least, largest) angle, one number for both directions, or four: of x
            and of y.
        interpolation, fill, center: as for `functional.affine`.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    >>> RandomAffine(30, scale=(0.5, 2))
    RandomAffine(degrees=[-30.0, 30.0], scale=(0.5, 2))
    """

    def __init__(
        self,
        degrees,
        translate=None,
        scale=None,
        shear=None,
        interpolation=_NEAREST,
        fill=0,
        center=None,
    ):
        super().__init__()
        who = "RandomAffine()"
        self.degrees = angles_of(who, "degrees", degrees)
        if translate is not None:
            check_sequence(who, "translate", translate)
            if not all(0.0 <= share <= 1.0 for share in translate):
                refuse(who, "translate", "values between 0 and 1", translate)
        if scale is not None:
            check_sequence(who, "scale", scale)
            if not all(factor > 0 for factor in scale):
                refuse(who, "scale", "positive values", scale)
        if center is not None:
            check_sequence(who, "center", center)
        self.translate = translate
        self.scale = scale
        self.shear = None
        if shear is not None:
            self.shear = angles_of(who, "shear", shear, (2, 4))
        self.interpolation = _mode(interpolation, who)
        self.fill = fill_argument(who, fill)
        self.center = center

    @staticmethod
    def get_params(degrees, translate, scale_ranges, shears, img_size):
        """Random values: angle, (x, y) to move, factor, (x, y) to shear.

        Args:
            degrees, translate, scale_ranges, shears: as the class takes them.
            img_size: width and height.
        """
        angle, moved, scale = uniform(*map(float, degrees)), (0, 0), 1.0
        if translate is not None:
            ends = [
                float(s * side) for s, side in zip(translate, img_size, strict=True)
            ]
            moved = tuple(round(uniform(-end, end)) for end in ends)
        if scale_ranges is not None:
            scale = uniform(scale_ranges[0], scale_ranges[1])
        lean = [0.0, 0.0]
        if shears is not None:
            lean[0] = uniform(shears[0], shears[1])
            if len(shears) == 4:
                lean[1] = uniform(shears[2], shears[3])
        return angle, moved, scale, tuple(lean)

    def forward(self, img):
        """The image, turned, moved, scaled and sheared."""
        channels, height, width = F.get_dimensions(img)
        fill = fill_for(img, self.fill, channels)
        values = self.get_params(
            self.degrees, self.translate, self.scale, self.shear, [width, height]
        )
        return F.affine(
            img,
            *values,
            interpolation=self.interpolation,
            fill=fill,
            center=self.center,
        )

    def __repr__(self):
        shown = [f"degrees={self.degrees}"]
        for name in ("translate", "scale", "shear"):
            if getattr(self, name) is not None:
                shown.append(f"{name}={getattr(self, name)}")
        if self.interpolation is not _NEAREST:
            shown.append(f"interpolation={self.interpolation.value}")
        if self.fill != 0:
            shown.append(f"fill={self.fill}")
        if self.center is not None:
            shown.append(f"center={self.center}")
        return f"{type(self).__name__}({', '.join(shown)})"


class RandomPerspective(Module):
    """See an image from a random side, with a probability.

    Args:
        distortion_scale: how far corners may move to the middle, in [0, 1].
        p: the probability.
        interpolation, fill: as for `functional.perspective`.

    Raises:
        TypeError: for a fill of another kind.

    >>> RandomPerspective(p=0.3)
    RandomPerspective(p=0.3)
    """

    def __init__(self, distortion_scale=0.5, p=0.5, interpolation=_BILINEAR, fill=0):
        super().__init__()
        self.p = p
        self.interpolation = _mode(interpolation, "RandomPerspective()")
        self.distortion_scale = distortion_scale
        self.fill = fill_argument("RandomPerspective()", fill)

    @staticmethod
    def get_params(width, height, distortion_scale):
        """The four corners, and random points that they are moved to."""
        x = int(distortion_scale * (width // 2))
        y = int(distortion_scale * (height // 2))
        left, right = (0, x + 1), (width - x - 1, width)
        top, bottom = (0, y + 1), (height - y - 1, height)
        places = ((left, top), (right, top), (right, bottom), (left, bottom))
        moved = [[whole(*across), whole(*down)] for across, down in places]
        last = width - 1, height - 1
        return [[0, 0], [last[0], 0], list(last), [0, last[1]]], moved

    def forward(self, img):
        """The image, distorted or as it is."""
        channels, height, width = F.get_dimensions(img)
        fill = fill_for(img, self.fill, channels)
        if not happens(self.p):
            return img
        points = self.get_params(width, height, self.distortion_scale)
        return F.perspective(img, *points, self.interpolation, fill)

    def __repr__(self):
        return f"{type(self).__name__}(p={self.p})"


class ElasticTransform(Module):
    """Move each pixel at random, neighbours alike.

    Args:
        alpha: how far, in pixels: (x, y) or one number.
        sigma: how smooth: (x, y) or one number.
        interpolation, fill: as for `functional.elastic_transform`.

    Raises:
        TypeError, ValueError: for arguments of other kinds.

    >>> ElasticTransform().alpha
    [50.0, 50.0]
    """

    def __init__(self, alpha=50.0, sigma=5.0, interpolation=_BILINEAR, fill=0):
        super().__init__()
        self.alpha = _two_floats("alpha", alpha)
        self.sigma = _two_floats("sigma", sigma)
        self.interpolation = _mode(interpolation, "ElasticTransform()")
        self.fill = [float(fill)] if isinstance(fill, (int, float)) else fill
        if not isinstance(self.fill, (list, tuple)):
            refuse("ElasticTransform()", "fill", "int, float or a sequence", fill)

    @staticmethod
    def get_params(alpha, sigma, size):
        """A random displacement, (1, H, W, 2).

        Args:
            alpha, sigma: as the class keeps them.
            size: height and width.
        """
        parts = []
        for strength, smooth, side in zip(alpha, sigma, size[::-1], strict=True):
            noise = TORCH["rand"]([1, 1, *size]) * 2 - 1
            if smooth > 0.0:
                kernel = int(8 * smooth + 1)
                kernel += kernel % 2 == 0
                noise = F.gaussian_blur(noise, [kernel, kernel], sigma)
            parts.append(noise * strength / side)
        return TORCH["concat"](parts, 1).permute(0, 2, 3, 1)

    def forward(self, tensor):
        """The image with its pixels moved."""
        _, height, width = F.get_dimensions(tensor)
        moves = self.get_params(self.alpha, self.sigma, [height, width])
        return F.elastic_transform(tensor, moves, self.interpolation, self.fill)

    def __repr__(self):
        return (
            f"{type(self).__name__}(alpha={self.alpha}, sigma={self.sigma}, "
            f"interpolation={self.interpolation}, fill={self.fill})"
        )


def _two_floats(name, value):
    if isinstance(value, float):
        return [value, value]
    right = isinstance(value, (list, tuple)) and len(value) in (1, 2)
    if not right or not all(isinstance(number, float) for number in value):
        kind = ArgumentError if isinstance(value, (list, tuple)) else TypeError
        raise kind(
            explain(
                f"ElasticTransform(), {name}",
                expected="a float or a sequence of two floats",
                got=repr(value),
                do="Write 50.0, not 50.",
            )
        )
    return list(value) * 2 if len(value) == 1 else list(value)
