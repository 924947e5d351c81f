"""Drawn garments: a stand-in for Fashion-MNIST where that cannot be had.

# Note [Drawing]
# All pictures of a class are drawn at once.  A garment is a function of the coordinates
# (x to the right, y down, the picture from -1 to 1); its measures are random, one
# number for each picture: arrays (n, 1, 1) against coordinates (n, 28, 28).  Shapes are
# signed distances in those units, negative inside; `_cover` makes them grey with soft
# edges.
# No function of the machine's mathematics library is used but the square root, whose
# result is the same everywhere: a seed gives the same pictures on every machine.
"""

import numpy as np

SIZE = 28
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def draw(count, seed):
    """Draw pictures of the ten classes, in random order.

    Args:
        count: how many.
        seed: int; the same seed gives the same pictures.

    Returns:
        Pair (images, labels): (count, 28, 28) uint8 and (count,) int64.

    >>> images, labels = draw(20, seed=1)
    >>> images.shape, images.dtype, labels.max() < 10
    ((20, 28, 28), dtype('uint8'), np.True_)
    """
    random = np.random.default_rng(seed)
    labels = random.integers(0, len(CLASSES), count)
    images = np.zeros((count, SIZE, SIZE), np.uint8)
    for label, garment in enumerate(_GARMENTS):
        places = np.flatnonzero(labels == label)
        images[places] = _picture(garment, _Sketch(random, len(places)))
    return images, labels


def _picture(garment, sketch):
    grey = garment(sketch) * sketch.between(0.35, 1.0)
    grey *= _cloth(sketch)
    grey += sketch.grain(0.06) * (grey > 0.02)
    return (np.clip(grey, 0, 1) * 255).astype(np.uint8)


class _Sketch:
    """Coordinates and random measures for some pictures.

    Attributes:
        x, y: (n, 28, 28), the coordinates as each picture is shifted, scaled, tilted.
    """

    def __init__(self, random, count):
        self.random, self.count = random, count
        line = ((np.arange(SIZE) + 0.5) / (SIZE / 2) - 1).astype(np.float32)
        x = line[None, None, :] - self.between(-0.14, 0.14)
        y = line[None, :, None] - self.between(-0.14, 0.14)
        tilt = self.between(-0.13, 0.13)
        self.x = (x + tilt * y) / self.between(0.8, 1.15)
        self.y = (y - tilt * x) / self.between(0.82, 1.12)

    def between(self, low, high):
        """(n, 1, 1): a random measure for each picture."""
        unit = self.random.random((self.count, 1, 1), np.float32)
        return unit * np.float32(high - low) + np.float32(low)

    def sometimes(self, probability):
        """(n, 1, 1): 1 for some pictures, 0 for the others."""
        return (self.between(0, 1) < probability).astype(np.float32)

    def grain(self, strength):
        """(n, 28, 28): noise around 0."""
        noise = self.random.random((self.count, SIZE, SIZE), np.float32)
        return (noise - np.float32(0.5)) * np.float32(2 * strength)


# ------------------------------------------------------------------------------- shapes


def _cover(distance):
    """1 inside, 0 outside, grey on the edge."""
    return np.clip(np.float32(0.5) - distance * np.float32(SIZE / 2.5), 0, 1)


def _profile(at, places, widths):
    """A line through points (place, width), flat beyond its ends."""
    line = widths[0] + 0 * at
    pairs = zip(places, places[1:], widths, widths[1:], strict=False)
    for start, end, before, after in pairs:
        line += (after - before) * np.clip((at - start) / (end - start), 0, 1)
    return line


def _box(x, y, left, top, right, bottom):
    """Signed distance (near enough) to a rectangle."""
    across = np.maximum(left - x, x - right)
    return np.maximum(across, np.maximum(top - y, y - bottom))


def _disc(x, y, across, down):
    """Signed distance (near enough) to an ellipse around the origin."""
    return (np.sqrt((x / across) ** 2 + (y / down) ** 2) - 1) * np.minimum(across, down)


def _limb(x, y, start, end, thick, thin):
    """Signed distance to a limb that runs from one point to another."""
    (x0, y0), (x1, y1) = start, end
    along, down = x1 - x0, y1 - y0
    length = along * along + down * down
    place = np.clip(((x - x0) * along + (y - y0) * down) / length, 0, 1)
    away = np.sqrt((x - x0 - place * along) ** 2 + (y - y0 - place * down) ** 2)
    return away - (thick + (thin - thick) * place)


def _cloth(s):
    """Texture: stripes one way or the other on some, shading on all."""
    width = s.between(0.12, 0.4)
    direction = s.sometimes(0.5)
    place = (s.x * direction + s.y * (1 - direction)) / width
    stripes = np.abs((place - np.floor(place)) * 2 - 1) * s.between(0.2, 0.6)
    shade = s.x * s.between(-0.25, 0.25) + s.y * s.between(-0.25, 0.25)
    return 1 - stripes * s.sometimes(0.35) + shade


# ----------------------------------------------------------------------------- garments


def _torso(s, top, bottom, shoulder, hem):
    waist = (shoulder + hem) / 2 - s.between(0.0, 0.07)
    middle = (top + bottom) / 2
    width = _profile(s.y, (top, middle, bottom), (shoulder, waist, hem))
    return np.maximum(np.abs(s.x) - width, np.maximum(top - s.y, s.y - bottom))


def _sleeves(s, shoulder, top, reach, drop, thick):
    start = (shoulder - thick * 0.8, top + thick)
    end = (shoulder + reach, top + drop)
    return _limb(np.abs(s.x), s.y, start, end, thick, thick * s.between(0.6, 0.95))


def _neck(s, top, width, depth):
    return _cover(_disc(s.x, s.y - top, width, depth))


def _top(s, *, reach, drop, neck, length=(0.62, 0.85), wide=(0.34, 0.48)):
    """Something worn above the waist; gives its parts and its grey."""
    top, bottom = s.between(-0.82, -0.68), s.between(*length)
    shoulder = s.between(*wide)
    hem = shoulder + s.between(-0.04, 0.1)
    body = _torso(s, top, bottom, shoulder, hem)
    thick = s.between(0.13, 0.2)
    arms = _sleeves(s, shoulder, top, reach, drop, thick)
    grey = _cover(np.minimum(body, arms))
    grey *= 1 - _neck(s, top, s.between(*neck), s.between(0.08, 0.2))
    seam = _cover(np.abs(np.abs(s.x) - shoulder) - 0.02) * (s.y > top + 2 * thick)
    return grey * (1 - seam * s.between(0.1, 0.5)), top, bottom


def _t_shirt(s):
    grey, _, _ = _top(
        s, reach=s.between(0.1, 0.32), drop=s.between(0.3, 0.62), neck=(0.14, 0.26)
    )
    half = s.between(0.08, 0.28)
    badge = _cover(_box(s.x, s.y, -half, -0.3, half, 0))
    return grey * (1 - badge * s.sometimes(0.3) * s.between(0.2, 0.7))


def _pullover(s):
    grey, top, bottom = _top(
        s, reach=s.between(0.14, 0.34), drop=s.between(1.0, 1.5), neck=(0.08, 0.2)
    )
    rib = _cover(np.abs(s.y - bottom + 0.08) - 0.03)
    return grey * (1 - rib * s.between(0.1, 0.5))


def _front(s, top, depth, width):
    """The opening of a coat or a shirt: a line down the middle that widens above."""
    opening = np.clip((top + depth - s.y) / depth, 0, 1) * width
    return _cover(np.abs(s.x) - opening - 0.012)


def _coat(s):
    grey, top, _ = _top(
        s,
        reach=s.between(0.12, 0.3),
        drop=s.between(1.1, 1.6),
        neck=(0.06, 0.14),
        length=(0.74, 0.95),
    )
    front = _front(s, top, s.between(0.3, 1.0), s.between(0.08, 0.24))
    return grey * (1 - front * s.between(0.35, 0.95))


def _shirt(s):
    long = s.sometimes(0.65)
    drop = long * s.between(0.95, 1.5) + (1 - long) * s.between(0.35, 0.65)
    grey, top, bottom = _top(
        s, reach=s.between(0.12, 0.32), drop=drop, neck=(0.06, 0.14)
    )
    strength = s.between(0.3, 0.8)
    collar = s.between(0.12, 0.26)
    slope = np.abs(np.abs(s.x) - np.clip(top + collar - s.y, 0, 1) * 0.8) - 0.03
    grey *= 1 - _cover(slope) * (s.y < top + collar) * strength
    step = (s.y - top) / s.between(0.16, 0.26)
    button = _cover(_disc(s.x, (step - np.floor(step) - 0.5) * 0.2, 0.06, 0.06))
    button = np.maximum(button, _cover(np.abs(s.x) - 0.015) * s.sometimes(0.4))
    return grey * (1 - button * s.sometimes(0.9) * strength * (s.y < bottom))


def _dress(s):
    top, bottom = s.between(-0.95, -0.8), s.between(0.75, 0.98)
    shoulder, waist = s.between(0.2, 0.32), s.between(0.14, 0.24)
    hem = s.between(0.24, 0.5)
    places = (top, s.between(-0.35, -0.1), bottom)
    width = _profile(s.y, places, (shoulder, waist, hem))
    body = np.maximum(np.abs(s.x) - width, np.maximum(top - s.y, s.y - bottom))
    arms = _sleeves(s, shoulder, top, s.between(0.05, 0.2), s.between(0.3, 1.1), 0.09)
    grey = np.maximum(_cover(body), _cover(arms) * s.sometimes(0.4))
    return grey * (1 - _neck(s, top, s.between(0.08, 0.2), s.between(0.1, 0.3)))


def _trouser(s):
    top, bottom = s.between(-0.95, -0.82), s.between(0.8, 0.98)
    hip, ankle = s.between(0.24, 0.38), s.between(0.2, 0.42)
    places = (top, s.between(-0.6, -0.3), bottom)
    width = _profile(s.y, places, (hip * 0.85, hip, ankle))
    crotch = s.between(-0.4, -0.05)
    gap = np.clip((s.y - crotch) / (bottom - crotch), 0, 1) * s.between(0.03, 0.2)
    grey = _cover(np.maximum(np.abs(s.x) - width, np.maximum(top - s.y, s.y - bottom)))
    between = _cover(np.abs(s.x) - gap) * (s.y > crotch)
    return grey * (1 - between * s.between(0.7, 1.0))


def _foot(s, height, back):
    """The outline of a shoe that points to the left: its distance, sole and toe."""
    sole = s.between(0.38, 0.6)
    toe, heel = s.between(-0.98, -0.82), s.between(0.78, 0.95)
    places = (toe, toe + 0.5, s.between(0.0, 0.3), heel)
    tops = (sole - 0.12, sole - s.between(0.25, 0.4), sole - height, sole - back)
    upper = _profile(s.x, places, tops)
    across = np.maximum(toe - s.x, s.x - heel)
    return np.maximum(across, np.maximum(upper - s.y, s.y - sole)), sole, toe, heel


def _sole(s, sole, toe, heel, thick):
    return _cover(_box(s.x, s.y, toe - 0.02, sole - thick, heel + 0.02, sole + thick))


def _sneaker(s):
    high = s.between(0.42, 0.66)
    shape, sole, toe, heel = _foot(s, high, s.between(0.36, 0.6))
    opening = _disc(s.x - heel + 0.4, s.y - sole + high - 0.02, 0.22, 0.1)
    lace = (s.x + s.y * s.between(0.3, 1.0)) * 4
    laces = np.abs((lace - np.floor(lace)) * 2 - 1) * (s.x < 0.2) * (s.x > toe + 0.4)
    grey = _cover(shape) * (1 - laces * s.between(0.0, 0.6))
    grey *= 1 - _cover(opening) * s.between(0.3, 0.9)
    return np.maximum(grey, _sole(s, sole, toe, heel, s.between(0.03, 0.1)))


def _ankle_boot(s):
    shape, sole, toe, heel = _foot(s, s.between(0.5, 0.8), s.between(0.6, 0.9))
    left, rise = s.between(-0.18, 0.12), s.between(-0.95, -0.45)
    shaft = _box(s.x, s.y, left, rise, heel, sole)
    tall = _box(s.x, s.y, heel - s.between(0.15, 0.4), sole, heel, sole + 0.22)
    grey = _cover(np.minimum(shape, shaft))
    grey = np.maximum(grey, _cover(tall) * s.sometimes(0.5))
    return np.maximum(grey, _sole(s, sole, toe, heel, s.between(0.02, 0.07)))


def _sandal(s):
    shape, sole, toe, heel = _foot(s, s.between(0.35, 0.8), s.between(0.3, 0.9))
    band = (s.x + s.y * s.between(-0.9, 0.9)) / s.between(0.45, 0.9) + s.between(0, 1)
    straps = np.abs((band - np.floor(band)) * 2 - 1) < s.between(0.2, 0.5)
    grey = _cover(shape) * straps
    rise = s.between(0.0, 0.45) * s.sometimes(0.6)
    lift = np.clip((s.x - toe) / (heel - toe), 0, 1) * rise
    base = _cover(np.abs(s.y - sole + lift) - s.between(0.03, 0.09))
    base *= _cover(np.maximum(toe - s.x, s.x - heel))
    post = _cover(_box(s.x, s.y, heel - 0.12, sole - rise, heel, sole + 0.05))
    return np.maximum(grey, np.maximum(base, post * (rise > 0.1)))


def _bag(s):
    width, top = s.between(0.5, 0.92), s.between(-0.45, 0.05)
    bottom = s.between(0.5, 0.85)
    slope = (s.y - top) * s.between(-0.15, 0.2)
    body = np.maximum(np.abs(s.x) - width - slope, np.maximum(top - s.y, s.y - bottom))
    reach, rise = width * s.between(0.35, 0.8), s.between(0.2, 0.6)
    ring = np.abs(_disc(s.x, s.y - top, reach, rise)) - s.between(0.03, 0.08)
    handle = _cover(ring) * (s.y < top) * s.sometimes(0.85)
    flap = _cover(np.abs(s.y - top - s.between(0.15, 0.45)) - 0.025)
    grey = _cover(body) * (1 - flap * s.between(0.0, 0.7))
    return np.maximum(grey, handle)


_GARMENTS = (
    _t_shirt,
    _trouser,
    _pullover,
    _dress,
    _coat,
    _sandal,
    _shirt,
    _sneaker,
    _bag,
    _ankle_boot,
)
