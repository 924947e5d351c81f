"""tolist, numpy, from_numpy, frombuffer, NumPy's functions."""

import numpy as np
import pytest

import rushlight
from rushlight._ops.host import arrays

ones = rushlight.ones


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int8", "bool", "complex128"])
@pytest.mark.parametrize("shape", [(), (2,), (2, 3), (0, 2)])
def test_tolist(dtype, shape):
    x = ones(shape, dtype=getattr(rushlight, dtype))
    assert x.tolist() == np.ones(shape, x.float().numpy().dtype).tolist()


def test_numpy_shares_memory():
    x = rushlight.zeros(2, 2)
    array = x.numpy()
    array[0] = 1
    assert x.tolist() == [[1, 1], [0, 0]]
    assert array.flags.writeable
    array.shape = (4,)
    assert x.shape == (2, 2)


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: ones(1, requires_grad=True), RuntimeError, "detach().numpy()"),
        (lambda: ones(1, dtype=rushlight.bfloat16), TypeError, "BFloat16"),
        (lambda: ones(1, device="meta"), TypeError, "meta device type"),
    ],
)
@pytest.mark.parametrize("convert", [lambda x: x.numpy(), np.asarray])
def test_what_numpy_cannot_have(make, error, text, convert):
    with pytest.raises(error) as caught:
        convert(make())
    assert text in str(caught.value)


def test_meta_has_no_elements():
    with pytest.raises(NotImplementedError, match="no data"):
        ones(1, device="meta").tolist()


def test_force():
    assert ones(1, requires_grad=True).numpy(force=True).tolist() == [1]


def test_as_an_array():
    x = rushlight.arange(3)
    assert np.shares_memory(np.asarray(x), x.numpy())
    assert not np.shares_memory(np.array(x), x.numpy())
    assert np.asarray(x, dtype=np.float32).dtype == np.float32
    assert np.stack([x, x]).shape == (2, 3)


def test_numpy_functions_of_tensors_give_tensors():
    x = rushlight.arange(3.0)
    assert isinstance(np.sqrt(x), rushlight.Tensor)
    assert np.add(np.ones(3), x).tolist() == [1, 2, 3]
    assert np.greater(x, 1).dtype is rushlight.uint8


def test_from_numpy_shares_memory():
    array = np.zeros((2, 2))
    x = rushlight.from_numpy(array)
    array[0, 0] = 1
    x[1, 1] = 2
    assert x.tolist() == array.tolist() == [[1, 0], [0, 2]]
    array.shape = (4,)
    assert x.shape == (2, 2)
    assert rushlight.from_numpy(array.reshape(2, 2).T).stride() == (1, 2)


@pytest.mark.parametrize(
    "array, error, text",
    [
        ([1], TypeError, "expected np.ndarray, got list"),
        (np.float32(3), TypeError, "got float32"),
        (np.ones(3)[::-1], ValueError, "negative"),
        (np.array(["a"]), TypeError, "numpy.<U1"),
        (np.array([None]), TypeError, "numpy.object"),
        (np.ones(3, ">f4"), ValueError, "byte order"),
    ],
)
def test_from_numpy_refuses(array, error, text):
    with pytest.raises(error) as caught:
        rushlight.from_numpy(array)
    assert text in str(caught.value)


def test_memory_that_cannot_be_written(monkeypatch):
    monkeypatch.setattr(arrays, "_warned", [])
    with pytest.warns(UserWarning, match="buffer is not writable"):
        x = rushlight.frombuffer(b"abcd", dtype=rushlight.uint8)
    assert x.tolist() == [97, 98, 99, 100]
    array = np.ones(2)
    array.flags.writeable = False
    y = rushlight.from_numpy(array)
    for write in (lambda: x.add_(1), lambda: y.zero_(), lambda: y.__setitem__(0, 5)):
        with pytest.raises((ValueError, RuntimeError), match="read-only"):
            write()
    assert array.tolist() == [1, 1]


def test_frombuffer():
    memory = bytearray(b"abcdefgh")
    x = rushlight.frombuffer(memory, dtype=rushlight.int16, offset=1, count=2)
    assert x.tolist() == np.frombuffer(memory, np.int16, 2, 1).tolist()
    x[0] = 0
    assert memory[1:3] == b"\0\0"
    y = rushlight.frombuffer(memory, dtype=rushlight.float32, requires_grad=True)
    assert y.requires_grad


@pytest.mark.parametrize(
    "buffer, named",
    [
        (bytearray(8), {"offset": 8}),
        (bytearray(8), {"count": 8}),
        (bytearray(8), {"count": 0}),
        (bytearray(7), {}),
        (bytearray(), {}),
        ([1], {}),
    ],
)
def test_frombuffer_refuses(buffer, named):
    with pytest.raises(ValueError, match=r"frombuffer\(\): expected"):
        rushlight.frombuffer(buffer, dtype=rushlight.int16, **named)
