"""The float32 transform against float64; its bits are held by test_sampling."""

import numpy as np
import pytest

from rushlight._core.sampling.box_muller import BoxMuller


def spread(size):
    """Uniform numbers that visit [0, 1) evenly, in a mixed order."""
    steps = np.arange(size, dtype=np.uint64) * np.uint64(2654435761) % np.uint64(2**24)
    return (steps * 2.0**-24).astype(np.float32)


def truth(units):
    u1, u2 = units.astype(np.float64).reshape(-1, 2, 8).transpose(1, 0, 2)
    radius = np.sqrt(-2 * np.log(1 - u1))
    angle = np.float32(2 * np.pi) * u2.astype(np.float32)
    angle = angle.astype(np.float64)
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    return pairs.transpose(1, 0, 2).ravel()


def test_it_is_the_transform_to_three_last_places():
    units = spread(2**14)
    found = units.copy()
    BoxMuller(found.size).transform(found)
    wanted = truth(units)
    step = np.spacing(np.abs(wanted).astype(np.float32))
    assert (np.abs(found - wanted) <= 3 * step + 1e-7).all()


@pytest.mark.parametrize("size", [16, 32, 1600])
def test_a_shorter_piece_uses_a_part_of_the_work_space(size):
    large = BoxMuller(4096)
    first, second = spread(size), spread(size)
    large.transform(first)
    BoxMuller(size).transform(second)
    assert np.array_equal(first, second)


def test_the_ends_of_the_range_are_finite():
    units = np.zeros(16, np.float32)
    units[:8] = 1 - 2.0**-24
    units[8:] = 1 - 2.0**-24
    BoxMuller(16).transform(units)
    assert np.isfinite(units).all()
    assert units[0] == pytest.approx(np.sqrt(-2 * np.log(2.0**-24)), rel=1e-6)
    zeros = np.zeros(16, np.float32)
    BoxMuller(16).transform(zeros)
    assert (zeros == 0).all()
