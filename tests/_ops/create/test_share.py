"""as_tensor, asarray, scalar_tensor, new_tensor."""

import numpy as np
import pytest

import rushlight

ones, tensor = rushlight.ones, rushlight.tensor


def test_as_tensor_shares_where_it_can():
    array, x = np.zeros(2), ones(2, requires_grad=True)
    y = rushlight.as_tensor(array)
    array[0] = 1
    assert y.tolist() == [1, 0]
    assert rushlight.as_tensor(x) is x
    assert rushlight.as_tensor(x, dtype=rushlight.float64).requires_grad
    assert rushlight.as_tensor(array, dtype=rushlight.int8).dtype is rushlight.int8
    assert rushlight.as_tensor([1, 2], rushlight.float64).tolist() == [1, 2]
    assert rushlight.as_tensor(np.float64(3)).dtype is rushlight.float64
    assert rushlight.as_tensor(array, device="meta").is_meta
    with pytest.raises(TypeError, match="invalid data type"):
        rushlight.as_tensor("a")
    with pytest.raises(ValueError, match="negative"):
        rushlight.as_tensor(array[::-1])


@pytest.mark.parametrize(
    "data, named, dtype, expected",
    [
        ([1, 2.5], {}, "float32", [1, 2.5]),
        (5, {}, "int64", 5),
        (np.float64(3), {}, "float64", 3),
        (bytearray(b"\0\0\0\0"), {}, "float32", [0]),
        (bytearray(b"ab"), {"dtype": rushlight.uint8}, "uint8", [97, 98]),
        (np.arange(2), {"dtype": rushlight.float32}, "float32", [0, 1]),
        ([1], {"device": "cpu", "copy": True}, "int64", [1]),
    ],
)
def test_asarray(data, named, dtype, expected):
    x = rushlight.asarray(data, **named)
    assert (x.dtype.name, x.tolist()) == (dtype, expected)


def test_asarray_shares_or_copies_as_told():
    array, x = np.zeros(2), ones(2, requires_grad=True)
    assert rushlight.asarray(array).data_ptr() == array.ctypes.data
    assert rushlight.asarray(array, copy=True).data_ptr() != array.ctypes.data
    assert rushlight.asarray(x) is x
    assert rushlight.asarray(x, copy=True) is not x
    assert not rushlight.asarray(x, requires_grad=False).requires_grad
    assert rushlight.asarray([1.0], requires_grad=True).requires_grad
    for data, named in (([1], {}), (array, {"dtype": rushlight.int8})):
        with pytest.raises(ValueError, match="can't alias"):
            rushlight.asarray(data, copy=False, **named)


@pytest.mark.parametrize(
    "value, dtype, expected",
    [(3, None, 3.0), (True, None, 1.0), (3.7, "int8", 3), (tensor(2), None, 2.0)],
)
def test_scalar_tensor(value, dtype, expected):
    x = rushlight.scalar_tensor(value, dtype=dtype and getattr(rushlight, dtype))
    assert (x.dtype.name, x.item(), x.shape) == (dtype or "float32", expected, ())


def test_new_tensor():
    x = ones(2, dtype=rushlight.int64)
    assert x.new_tensor([1.5, 2]).tolist() == [1, 2]
    assert ones(1).new_tensor([1, 2]).dtype is rushlight.float32
    assert x.to("meta").new_tensor(3).is_meta
    assert x.new_tensor([1], dtype=rushlight.float64, requires_grad=True).requires_grad
