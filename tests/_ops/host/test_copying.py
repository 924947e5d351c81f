"""copy, deepcopy, pickle."""

import copy
import pickle

import pytest

import rushlight

ones = rushlight.ones


def _pickled(x):
    return pickle.loads(pickle.dumps(x))


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, _pickled])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64", "bool", "complex64"])
def test_values_strides_and_flags(again, dtype):
    x = rushlight.arange(6).reshape(2, 3).t().to(getattr(rushlight, dtype))
    y = again(x)
    assert type(y) is rushlight.Tensor
    assert (y.tolist(), y.dtype, y.stride()) == (x.tolist(), x.dtype, x.stride())
    assert (y.data_ptr() == x.data_ptr()) is (again is copy.copy)
    assert not y.requires_grad


@pytest.mark.parametrize("again", [copy.deepcopy, _pickled])
def test_views_stay_views_of_one_memory(again):
    base = rushlight.zeros(4)
    x, part = again([base, base[2:]])
    part.fill_(1)
    assert x.tolist() == [0, 0, 1, 1]
    assert base.tolist() == [0, 0, 0, 0]
    assert part.storage_offset() == 2


def test_leaves_stay_leaves():
    x = ones(2, requires_grad=True)
    x.grad = ones(2)
    x.note = "kept"
    y = copy.deepcopy(x)
    assert y.requires_grad and y.is_leaf
    assert y.note == "kept"
    assert y.grad.tolist() == [1, 1] and y.grad is not x.grad
    z = _pickled(x)
    assert z.requires_grad and z.is_leaf and z.grad is None and z.note == "kept"


def test_results_are_pickled_as_leaves_and_not_deep_copied():
    x = ones(2, requires_grad=True) * 2
    assert _pickled(x).is_leaf
    assert copy.copy(x).requires_grad
    with pytest.raises(RuntimeError, match="only leaves support the deepcopy"):
        copy.deepcopy(x)


def test_the_same_tensor_is_copied_once():
    x = ones(2)
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_meta():
    x = ones(2, device="meta")
    for y in (copy.deepcopy(x), _pickled(x), copy.copy(x)):
        assert y.is_meta and y.shape == (2,)
