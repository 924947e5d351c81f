"""angle, deg2rad, rad2deg."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, Error, Op, battery

C = Error((rushlight.tensor([1j]),), RuntimeError, "Complex")


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),)]


OPS = [
    Op("angle", reference=np.angle, samples=plain, dtypes=(*FLOATS, "int64"), out=True),
    Op(
        "angle",
        reference=np.angle,
        samples=plain,
        dtypes=COMPLEX,
        grad=False,
        id="angle of complex numbers",
    ),
    Op(
        "deg2rad",
        reference=lambda x: x * (math.pi / 180),
        samples=plain,
        dtypes=ALL,
        inplace=True,
        out=True,
        errors=[C],
    ),
    Op(
        "rad2deg",
        reference=lambda x: x * (180 / math.pi),
        samples=plain,
        dtypes=ALL,
        inplace=True,
        out=True,
        errors=[C],
    ),
]
globals().update(battery(OPS))


def test_the_gradient_of_an_angle():
    z = rushlight.tensor([3 + 4j, 0j], requires_grad=True)
    z.angle().sum().backward()
    assert z.grad.tolist() == pytest.approx([-0.16 + 0.12j, 0])


def test_angles_of_real_numbers():
    x = rushlight.tensor([1.0, -1.0, math.nan])
    assert x.angle().tolist()[:2] == [0, pytest.approx(math.pi)]
    assert x.angle().isnan().tolist() == [False, False, True]
    assert rushlight.tensor([-1]).angle().dtype is rushlight.float32
