"""zeros, ones, full, empty, empty_strided, empty_permuted."""

import numpy as np
import pytest

import rushlight

tensor = rushlight.tensor
DTYPES = [
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint16",
    "float16",
    "bfloat16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0)])
def test_dtypes(dtype, shape):
    dtype = getattr(rushlight, dtype)
    for make, value in ((rushlight.zeros, 0), (rushlight.ones, 1)):
        x = make(shape, dtype=dtype)
        assert (tuple(x.shape), x.dtype) == (shape, dtype)
        assert x.flatten().tolist() == [value] * x.numel()
    x = rushlight.full(shape, 1, dtype=dtype)
    assert x.dtype is dtype and x.flatten().tolist() == [1] * x.numel()
    assert rushlight.empty(shape, dtype=dtype).dtype is dtype


@pytest.mark.parametrize(
    "value, dtype",
    [
        (3, "int64"),
        (3.0, "float32"),
        (True, "bool"),
        (1j, "complex64"),
        (tensor(3.0), "float32"),
        (np.float64(3), "float32"),
        (np.int8(3), "int64"),
    ],
)
def test_full_takes_the_dtype_of_its_value(value, dtype):
    x = rushlight.full((2,), value)
    assert x.dtype is getattr(rushlight, dtype)
    assert x[1] == value


@pytest.mark.parametrize(
    "arguments, named, error, text",
    [
        ((2, 3), {}, TypeError, "a tuple of ints, got int"),
        (((2,), "a"), {}, TypeError, "a number for argument 'fill_value', got str"),
        (((2,), tensor([3.0])), {}, TypeError, "got Tensor"),
        (((2,), 300), {"dtype": rushlight.uint8}, RuntimeError, "without overflow"),
        (((-2,), 3), {}, RuntimeError, "non-negative"),
    ],
)
def test_full_refuses(arguments, named, error, text):
    with pytest.raises(error) as caught:
        rushlight.full(*arguments, **named)
    assert text in str(caught.value)


def test_too_large_for_memory():
    with pytest.raises(RuntimeError, match="Storage size calculation overflowed"):
        rushlight.zeros(2**40, 2**40)


def test_default_dtype():
    rushlight.set_default_dtype(rushlight.float64)
    try:
        assert rushlight.zeros(1).dtype is rushlight.float64
        assert rushlight.full((1,), 1.5).dtype is rushlight.float64
        assert rushlight.full((1,), 1j).dtype is rushlight.complex128
        assert rushlight.arange(2.0).dtype is rushlight.float64
    finally:
        rushlight.set_default_dtype(rushlight.float32)


def test_layouts():
    x = rushlight.empty(2, 3, 4, 5, memory_format=rushlight.channels_last)
    assert x.stride() == (60, 1, 15, 3)
    assert rushlight.empty_strided((2, 3), (1, 2)).stride() == (1, 2)
    assert rushlight.empty_strided((2, 3), (0, 0)).untyped_storage().nbytes() == 4
    assert rushlight.empty_strided((0, 3), (3, 1)).numel() == 0
    assert rushlight.empty_permuted((2, 3), (1, 0)).stride() == (1, 2)
    with pytest.raises(RuntimeError, match="strides \\(1\\)"):
        rushlight.empty_strided((2, 3), (1,))
    with pytest.raises(RuntimeError, match="each of the dimensions 0 to 1 once"):
        rushlight.empty_permuted((2, 3), (1, 1))


def test_out_of_empty():
    out = rushlight.ones(3)
    assert rushlight.empty(2, out=out) is out
    assert out.shape == (2,)
