"""make_tensor: bounds, layouts, and PyTorch's numbers."""

import pytest

import rushlight
from rushlight.testing import make_tensor


@pytest.mark.parametrize("dtype", ["float32", "int64", "uint8", "bool", "complex64"])
def test_dtype_and_bounds(dtype):
    found = make_tensor((50,), dtype=getattr(rushlight, dtype), device="cpu", low=0)
    assert found.dtype is getattr(rushlight, dtype)
    assert abs(found.to(rushlight.complex64)).max() < 13


def test_numbers_are_those_of_pytorch():
    rushlight.manual_seed(0)
    found = make_tensor(3, dtype=rushlight.float32, device="cpu")
    expected = [-0.06738138198852539, 4.8279924392700195, -7.407406330108643]
    assert found.tolist() == expected


def test_noncontiguous_and_exclude_zero():
    options = {"dtype": rushlight.int64, "device": "cpu", "low": 0, "high": 2}
    found = make_tensor(3, 4, noncontiguous=True, **options)
    assert not found.is_contiguous()
    assert (make_tensor(40, exclude_zero=True, **options) == 1).all()


def test_empty_range_is_refused():
    with pytest.raises(ValueError, match="low < high"):
        make_tensor(3, dtype=rushlight.int64, device="cpu", low=3, high=3)
