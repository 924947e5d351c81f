"""DLPack both ways."""

import numpy as np
import pytest

import rushlight

ones = rushlight.ones


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "bool", "complex64"])
def test_both_ways_share_memory(dtype):
    x = ones(2, 3, dtype=getattr(rushlight, dtype)).t()
    array = np.from_dlpack(x)
    assert np.shares_memory(array, x.numpy())
    y = rushlight.from_dlpack(array)
    assert (y.dtype, y.stride()) == (x.dtype, (1, 3))
    assert y.data_ptr() == x.data_ptr()
    assert x.__dlpack_device__() == (1, 0)


def test_tensors_and_copies():
    x = ones(2)
    assert rushlight.from_dlpack(x).data_ptr() == x.data_ptr()
    assert rushlight.from_dlpack(x, copy=True).data_ptr() != x.data_ptr()
    assert rushlight.from_dlpack(x.numpy(), copy=True).data_ptr() != x.data_ptr()
    assert rushlight.from_dlpack(x.numpy(), device="meta").is_meta


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: ones(1, requires_grad=True), "require gradient"),
        (lambda: ones(1, dtype=rushlight.bfloat16), "torch.bfloat16"),
        (lambda: ones(1, device="meta"), "on meta"),
    ],
)
def test_what_is_not_offered(make, text):
    with pytest.raises(BufferError) as caught:
        make().__dlpack__()
    assert text in str(caught.value)


def test_what_offers_nothing():
    with pytest.raises(RuntimeError, match="an object with __dlpack__"):
        rushlight.from_dlpack([1])


def test_other_protocols():
    assert type(rushlight.to_dlpack(ones(1))).__name__ == "PyCapsule"
    assert not hasattr(ones(1), "__cuda_array_interface__")
