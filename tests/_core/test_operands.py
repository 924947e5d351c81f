"""Operands: the numbers that are kept as arrays."""

import math

import numpy as np
import pytest

import rushlight as torch
from rushlight._core.operands import KEPT, KeptNumbers


def test_numbers_are_kept_by_dtype_and_not_without_end():
    kept = KeptNumbers("f")
    assert kept[0.1] is kept[0.1]
    assert kept[0.1].dtype == np.float32 and kept[0.1].shape == ()
    assert not kept[0.1].flags.writeable
    for number in range(1000):
        assert kept[number] == number
        assert len(kept) <= 256
    assert set(KEPT) == {np.dtype("f"), np.dtype("d")}


def test_zeros_keep_their_sign():
    x = torch.tensor([-0.0])
    for number, sign in ((0.0, 1.0), (-0.0, -1.0), (0, 1.0), (0.0, 1.0)):
        assert math.copysign(1, (x + number).item()) == sign
        assert math.copysign(1, x.clone().add_(number).item()) == sign
    assert (x >= 0.0).item() and (x <= -0.0).item() and not (x < 0).item()


@pytest.mark.parametrize("number", [2 + 0j, 2, 2.0])
def test_equal_numbers_of_other_types_promote_as_ever(number):
    x = torch.ones(2)
    assert (x * 2).dtype == (x * 2.0).dtype == torch.float32
    expected = torch.complex64 if isinstance(number, complex) else torch.float32
    assert (x * number).dtype == expected
    assert (x.double() * number).dtype == (
        torch.complex128 if isinstance(number, complex) else torch.float64
    )


def test_numbers_beyond_the_dtype_become_infinite_also_in_place():
    x = torch.zeros(2)
    assert (x + 1e300).tolist() == [math.inf, math.inf]
    assert x.add_(-1e300).tolist() == [-math.inf, -math.inf]


def test_meta_tensors_take_numbers():
    x = torch.zeros(2, 3, device="meta")
    assert (x * 2.5).shape == (2, 3) and (x > 1).dtype == torch.bool
