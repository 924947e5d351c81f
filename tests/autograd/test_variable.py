"""Variable: a leaf over a tensor's memory."""

import pytest

import rushlight
from rushlight.autograd import Variable


def test_is_a_leaf_that_shares_memory():
    x = rushlight.ones(2, requires_grad=True)
    made = Variable(2 * x, requires_grad=True)
    assert type(made) is rushlight.Tensor
    assert made.is_leaf and made.requires_grad
    base = rushlight.zeros(2)
    Variable(base)[0] = 3
    assert base.tolist() == [3, 0]
    assert not Variable(x).requires_grad


def test_every_tensor_is_an_instance():
    assert isinstance(rushlight.ones(1), Variable)
    assert not isinstance(1.0, Variable)
    assert Variable().shape == (0,)


def test_refuses_what_is_no_tensor():
    with pytest.raises(TypeError, match="got list: Variable data has to be a tensor"):
        Variable([1, 2])


def test_volatile_warns():
    with pytest.warns(UserWarning, match="volatile has no effect"):
        Variable(rushlight.ones(1), volatile=True)
