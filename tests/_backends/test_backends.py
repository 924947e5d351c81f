"""Backends are found by an array's class and by a device."""

import numpy as np
import pytest

from rushlight._backends import backend_for, backend_of, device_of
from rushlight._backends.numpy import strided_view
from rushlight._backends.numpy.pointers import address
from rushlight._base.device import device
from rushlight._base.spec import Spec


def test_by_class_and_by_device():
    assert backend_of(np.ndarray) is backend_for(device("cpu"))
    assert backend_of(Spec) is backend_for(device("meta"))
    assert device_of(np.ones(1)) == device("cpu")
    assert device_of(Spec((2,), "f4")) == device("meta")
    with pytest.raises(TypeError, match="no backend's array"):
        backend_of(list)


def test_meta_has_no_data_to_copy():
    backend = backend_for(device("meta"))
    assert backend.empty((2, 3), "f4") == Spec((2, 3), "f4")
    with pytest.raises(RuntimeError, match="shape and dtype only"):
        backend.to_host(Spec((2,), "f4"))


@pytest.mark.parametrize("array", [np.arange(12.0), np.arange(24.0)[::2]])
def test_strided_views_share_memory(array):
    step = array.strides[0]
    view = strided_view(array, (2, 3), (step, 2 * step), step)
    assert view.tolist() == [[array[1 + i + 2 * j] for j in range(3)] for i in range(2)]
    view[0, 0] = 99.0
    assert array[1] == 99.0


def test_addresses():
    array = np.arange(6.0)
    assert address(array) == array.ctypes.data
    assert address(array[2:]) == array.ctypes.data + 16
