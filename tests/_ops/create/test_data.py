"""tensor: every kind of data."""

import array
import collections

import numpy as np
import pytest

import rushlight

tensor = rushlight.tensor
BIG = 2**63


class Sequence:
    """What Python's sequence protocol asks."""

    def __len__(self):
        return 2

    def __getitem__(self, place):
        return [1.5, 2.5][place]


# Data, dtype, elements: recorded from PyTorch 2.13.
GOOD = [
    (3, "int64", 3),
    (3.5, "float32", 3.5),
    (True, "bool", True),
    (1 + 1j, "complex64", 1 + 1j),
    ([1, 2], "int64", [1, 2]),
    ([1, 2.5], "float32", [1, 2.5]),
    ([True, 2], "int64", [1, 2]),
    ([True, 2.5], "float32", [1, 2.5]),
    ([True, 2 + 1j], "complex64", [1, 2 + 1j]),
    ([], "float32", []),
    ([[], []], "float32", [[], []]),
    ((), "float32", []),
    ([[[]]], "float32", [[[]]]),
    (((1, 2), [3, 4]), "int64", [[1, 2], [3, 4]]),
    (range(3), "int64", [0, 1, 2]),
    (collections.deque([1, 2]), "int64", [1, 2]),
    (array.array("f", [1, 2]), "float32", [1, 2]),
    (bytearray(b"ab"), "int64", [97, 98]),
    (memoryview(b"ab"), "int64", [97, 98]),
    (Sequence(), "float32", [1.5, 2.5]),
    (rushlight.Size([2, 3]), "int64", [2, 3]),
    (-BIG, "int64", -BIG),
    ([2**70, 1.5], "float32", [float(np.float32(2**70)), 1.5]),
    ([np.float64(1)], "float64", [1]),
    ([np.float32(1)], "float32", [1]),
    ([np.float16(1), 2], "float16", [1, 2]),
    ([1, np.float32(1)], "float32", [1, 1]),
    ([np.int32(1)], "int32", [1]),
    ([np.int32(1), 2], "int64", [1, 2]),
    ([np.uint8(1), np.int8(3)], "int16", [1, 3]),
    ([np.bool_(True)], "bool", [True]),
    (np.float64(1), "float64", 1),
    (np.int8(1), "int8", 1),
    (np.uint16(3), "uint16", 3),
    ([np.array([1.0, 2.0])], "float64", [[1, 2]]),
    ([np.array([1, 2], np.int32), [3.0, 4.0]], "float32", [[1, 2], [3, 4]]),
    (np.ones((2, 1), np.float16), "float16", [[1], [1]]),
    ([tensor(1), tensor(2.5)], "float32", [1, 2.5]),
    ([tensor(1), 3], "int64", [1, 3]),
    ([tensor([1]), tensor([3])], "int64", [1, 3]),
    ([tensor(1, dtype=rushlight.int8)], "int8", [1]),
    ([tensor(1, dtype=rushlight.bfloat16)], "bfloat16", [1]),
    ([[tensor(1.5), 2], [3, 4]], "float32", [[1.5, 2], [3, 4]]),
]


@pytest.mark.parametrize("data, dtype, elements", GOOD, ids=range(len(GOOD)))
def test_what_is_inferred(data, dtype, elements):
    x = tensor(data)
    assert x.dtype is getattr(rushlight, dtype)
    assert x.tolist() == elements
    assert x.is_leaf and not x.requires_grad


# Data, wanted dtype, elements.
WANTED = [
    (BIG, "uint64", BIG),
    ([BIG], "uint64", [BIG]),
    (2**70, "float32", float(np.float32(2**70))),
    ([2**70], "float64", [float(2**70)]),
    ([-1], "uint8", [255]),
    ([1.7], "int64", [1]),
    (1.7, "int32", 1),
    ([1e300], "float32", [float("inf")]),
    ([1e6], "float16", [float("inf")]),
    ([2], "bool", [True]),
    ([1, 2], "bfloat16", [1, 2]),
    ([1, 2], "complex64", [1, 2]),
    (np.array([300.0, -1.0]), "uint8", [44, 255]),
    ([True, False], "float32", [1, 0]),
]


@pytest.mark.parametrize("data, dtype, elements", WANTED, ids=range(len(WANTED)))
def test_a_dtype_that_is_wanted(data, dtype, elements):
    x = tensor(data, dtype=getattr(rushlight, dtype))
    assert x.dtype is getattr(rushlight, dtype)
    assert x.tolist() == elements


BAD = [
    ("a", None, TypeError, "invalid data type 'str'"),
    (b"ab", None, TypeError, "invalid data type 'bytes'"),
    (["a"], None, ValueError, "too many dimensions 'str'"),
    (None, None, RuntimeError, "could not infer dtype of NoneType"),
    ([None], None, RuntimeError, "could not infer dtype of NoneType"),
    ({}, None, RuntimeError, "could not infer dtype of dict"),
    ({1, 2}, None, RuntimeError, "could not infer dtype of set"),
    (object(), None, RuntimeError, "could not infer dtype of object"),
    ((x for x in range(3)), None, RuntimeError, "of generator"),
    ([[1], 2], None, TypeError, "numbers beside sequences"),
    ([1, [2]], None, TypeError, "numbers beside sequences"),
    ([[1], [2, 3]], None, ValueError, "expected sequence of length 1 at dim 1 (got 2)"),
    ([[[1], [2]], [[3], []]], None, ValueError, "at dim 2 (got 0)"),
    (BIG, None, ValueError, "without overflow"),
    ([BIG], None, ValueError, "without overflow"),
    (10**400, None, ValueError, "without overflow"),
    ([300], "uint8", RuntimeError, "without overflow"),
    (300, "uint8", RuntimeError, "without overflow"),
    ([-256], "uint8", RuntimeError, "without overflow"),
    ([float("nan")], "int64", RuntimeError, "nan, which cannot be converted"),
    (1e20, "int32", RuntimeError, "without overflow"),
    ([1j], "float32", TypeError, "must be real number, not complex"),
    (np.array(["a"]), None, TypeError, "numpy.<U1"),
    (np.array([1, 2], object), None, TypeError, "numpy.object"),
    ([np.datetime64("2020")], None, TypeError, "numpy.datetime64"),
    (np.arange(3.0)[::-1], None, ValueError, "negative"),
    (np.arange(3, dtype=">i4"), None, ValueError, "byte order"),
    ([tensor([1, 2])], None, ValueError, "only one element tensors"),
    ([1], "float", TypeError, "to be a torch.dtype, got 'float'"),
]


@pytest.mark.parametrize("data, dtype, error, text", BAD, ids=range(len(BAD)))
def test_refusals(data, dtype, error, text):
    wanted = dtype if dtype == "float" else dtype and getattr(rushlight, dtype)
    with pytest.raises(error) as caught:
        tensor(data, dtype=wanted)
    assert text in str(caught.value)


def test_data_is_copied():
    data = np.zeros((2, 3))
    x = tensor(data)
    data[0] = 1
    assert x.sum() == 0
    assert tensor(data.T).stride() == (1, 3)
    assert tensor(data[:, ::2]).is_contiguous()


def test_a_tensor_is_copied_with_a_warning():
    x = rushlight.ones(2, 3, requires_grad=True)
    with pytest.warns(UserWarning, match="cuts it from the graph"):
        y = tensor(x.t())
    assert not y.requires_grad
    assert (y.tolist(), y.stride()) == (x.t().tolist(), (1, 3))
    with pytest.warns(UserWarning, match="cuts it from the graph"):
        z = tensor(x, dtype=rushlight.int8, device="meta")
    assert z.is_meta and z.dtype is rushlight.int8


def test_options():
    assert tensor([1.0], requires_grad=True).requires_grad
    assert tensor([1], dtype=float).dtype is rushlight.float64
    assert tensor([1], device="meta").is_meta
    assert tensor(data=[1]).tolist() == [1]
    with pytest.raises(RuntimeError, match="floating point"):
        tensor([1], requires_grad=True)
    rushlight.set_default_dtype(rushlight.float64)
    try:
        assert tensor(1.5).dtype is tensor([1.5]).dtype is rushlight.float64
        assert tensor([1j]).dtype is rushlight.complex128
    finally:
        rushlight.set_default_dtype(rushlight.float32)
