"""Planes, parts and nests."""

import pytest

from rushlight._compiler.routines.convolution.planes import (
    Planes,
    forward_sweep,
    input_sweep,
    nests,
)


def items_of(nest):
    """The items of a nest with their numbers, in the order of its loops."""
    first, number, loops = nest
    found = [(first, number)]
    for extent, step, ahead in loops:
        found = [(i + n * step, m + n * ahead) for i, m in found for n in range(extent)]
    return found


@pytest.mark.parametrize(
    ("items", "count"),
    [
        ([0, 1, 2, 10, 11, 12, 20, 21, 22], 1),
        ([5], 1),
        ([0, 1, 2, 7], 2),
        ([0, 3, 6, 100, 103, 106, 500], 2),
        ([0, 1, 50, 51, 200, 201, 250, 251], 1),
        ([3, 2, 1], 1),
    ],
)
def test_nests_hold_every_item_once_in_order(items, count):
    found = nests(items)
    assert len(found) == count
    everything = [pair for nest in found for pair in items_of(nest)]
    assert everything == list(zip(items, range(len(items))))


def test_parts_of_a_gradient_hold_every_pixel_and_tap_once():
    sweep = input_sweep((7, 8), (3, 4), (2, 3), (1, 2), (1, 2), (3, 2))
    pixels, taps = [], []
    for part in sweep.parts:
        rows, columns = (
            range(start, start + count * step, step)
            for start, count, step in zip(part.start, part.count, part.step)
        )
        pixels += [(row, column) for row in rows for column in columns]
        taps += [number for number, _ in part.taps]
    assert sorted(pixels) == [(r, c) for r in range(7) for c in range(8)]
    assert sorted(taps) == list(range(12))


def test_no_tap_reads_beyond_the_memory():
    sweep = forward_sweep((9, 10), (3, 3), (2, 2), (1, 1), (1, 1), (5, 5))
    planes = Planes(sweep, 4, 2, (5, 5))
    (part,) = sweep.parts
    reach = planes.positions(part)
    shifts = [planes.shift(place) for _, place in part.taps]
    assert max(shifts) + reach <= planes.channel
    assert planes.elements(reach) == 4 * planes.channel


def test_channels_do_not_meet_in_the_cache():
    for size in range(4, 40):
        sweep = forward_sweep((size, size), (1, 1), (1, 1), (0, 0), (1, 1), (size,) * 2)
        lines, rest = divmod(Planes(sweep, 8, 1, (size,) * 2).channel, 16)
        assert rest == 0
        assert lines % 2 == 1
