"""Tiles of sums in registers."""

import pytest

from rushlight._compiler.routines.convolution import tiles
from rushlight._compiler.routines.convolution.tiles import choose_sums, choose_tile


@pytest.fixture(params=[(32, 64), (16, 32), (32, 16), (16, 16)])
def registers(request, monkeypatch):
    monkeypatch.setattr(tiles, "vector_registers", lambda: request.param)
    return request.param


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_sums_fit_the_registers(registers, dtype):
    count, size = registers
    each = max(1, 16 * {"f32": 4, "f64": 8}[dtype] // size)
    for lanes, numbers in ((576, 64), (16, 3), (200, 1)):
        tile = choose_tile(dtype, lanes, numbers)
        fits = each * tile.across * (tile.down + 1) < count
        assert fits or (tile.across, tile.down) == (1, 1)


def test_little_is_computed_in_vain(registers):
    tile = choose_tile("f32", 960, 64)
    assert -(-64 // tile.down) * tile.down <= 72


def test_few_channels_share_a_tile_of_taps():
    across, channels, taps = choose_sums("f32", 32, 1, 9)
    assert (channels, taps) == (1, 9)
    assert across == 2
    assert choose_sums("f32", 64, 64, 9)[2] == 1
