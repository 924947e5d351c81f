"""Parameter and Buffer: what they share with their data, copies, pickles, text."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.parameter import Buffer, Parameter


def test_a_parameter_is_a_leaf_over_its_datas_memory():
    data = torch.ones(2)
    parameter = Parameter(data)
    assert parameter.requires_grad and parameter.is_leaf
    data.add_(1)
    assert parameter.tolist() == [2, 2]
    assert parameter._version == data._version == 1
    assert type(parameter.data) is torch.Tensor
    assert type(parameter * 2) is torch.Tensor


def test_a_parameter_of_a_result_is_a_new_leaf():
    result = torch.ones(2, requires_grad=True) * 2
    assert Parameter(result).is_leaf
    assert not Parameter(torch.tensor([1]), requires_grad=False).requires_grad


def test_no_data_is_an_empty_tensor():
    assert Parameter().shape == (0,) and Parameter().dtype == torch.float32
    assert Buffer().shape == (0,)


@pytest.mark.parametrize("kind", [Parameter, Buffer])
@pytest.mark.parametrize("data", [[1.0], 3, "x"])
def test_data_must_be_a_tensor(kind, data):
    with pytest.raises(AttributeError, match="expected data to be a Tensor, got a"):
        kind(data)


def test_integers_cannot_be_trained():
    with pytest.raises(RuntimeError, match="floating point and complex dtype"):
        Parameter(torch.tensor([1, 2]))


def test_text():
    text = "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    assert repr(Parameter(torch.ones(2))) == text
    assert repr(Buffer(torch.ones(2))) == "tensor([1., 1.])"


def test_deepcopy_copies_the_values_only():
    parameter = Parameter(torch.ones(2))
    parameter.note, parameter.grad = 3, torch.ones(2)
    copied = copy.deepcopy(parameter)
    parameter.data.add_(1)
    assert type(copied) is Parameter and copied.requires_grad
    assert copied.tolist() == [1, 1]
    assert copied.grad is None and not hasattr(copied, "note")
    pair = copy.deepcopy([parameter, parameter])
    assert pair[0] is pair[1]


def test_pickle_keeps_attributes_but_no_gradient():
    parameter = Parameter(torch.ones(2), requires_grad=False)
    parameter.note = 3
    loaded = pickle.loads(pickle.dumps(parameter))
    assert type(loaded) is Parameter and loaded.note == 3
    assert not loaded.requires_grad and loaded.grad is None
    assert loaded.tolist() == [1, 1]


def test_what_counts_as_a_parameter():
    assert isinstance(Parameter(torch.ones(1)), Parameter)
    assert not isinstance(torch.ones(1), Parameter)
    assert not isinstance(3, Parameter)
    assert not isinstance(torch.ones(1), Buffer)
    assert isinstance(Buffer(torch.ones(1)), Buffer)
    assert type(Buffer(torch.ones(1))) is torch.Tensor
    assert nn.Parameter is Parameter and nn.Buffer is Buffer


def test_subclasses_of_parameter_stay_what_they_are():
    class Special(Parameter):
        pass

    special = Special(torch.ones(2))
    assert type(special) is Special and isinstance(special, Parameter)
    assert type(copy.deepcopy(special)) is Special


def test_a_buffer_says_whether_it_is_saved():
    assert Buffer(torch.ones(1)).persistent
    assert not Buffer(torch.ones(1), persistent=False).persistent


def test_a_parameter_follows_its_data_to_another_dtype():
    parameter = Parameter(torch.ones(2))
    parameter.data = parameter.data.double()
    (parameter * 2).sum().backward()
    assert parameter.grad.dtype == torch.float64
