"""Python numbers as elements."""

import numpy as np
import pytest

import rushlight
from rushlight._ops import _values


@pytest.mark.parametrize(
    "value, dtype", [(True, "bool"), (3, "i8"), (2.5, "f8"), (1j, "c16"), (-1, "u1")]
)
def test_element(value, dtype):
    found = _values.element(value, np.dtype(dtype), "f()")
    assert found.dtype == np.dtype(dtype)
    assert found.shape == ()
    assert found == np.asarray(value).astype(dtype)


@pytest.mark.parametrize("value, dtype", [(256, "u1"), (1e39, "f4"), (2**70, "i8")])
def test_overflow(value, dtype):
    with pytest.raises(RuntimeError, match=r"f\(\): expected a value that fits"):
        _values.element(value, np.dtype(dtype), "f()")


def test_numbers():
    assert _values.as_number(np.int8(3), "f()") == 3
    assert type(_values.as_number(np.float16(3), "f()")) is float
    with pytest.raises(TypeError, match=r"f\(\): expected a number for argument 'x'"):
        _values.as_number("3", "f()", "x")


def test_dtypes():
    assert _values.as_dtype(int, "f()") is rushlight.int64
    assert _values.as_dtype(rushlight.int8, "f()") is rushlight.int8
    with pytest.raises(TypeError, match="to be a torch.dtype, got <class 'str'>"):
        _values.as_dtype(str, "f()")
