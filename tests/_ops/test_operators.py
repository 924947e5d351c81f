"""How operators are made from records."""

import numpy as np
import pytest

import rushlight

NAMES = [
    *("add sub mul truediv floordiv mod pow and or xor lshift rshift".split()),
]


@pytest.mark.parametrize("name", NAMES)
def test_the_three_forms_are_there(name):
    for form in (f"__{name}__", f"__r{name}__", f"__i{name}__"):
        assert form in vars(rushlight.Tensor)
    assert vars(rushlight.Tensor)[f"__{name}__"].__name__ == f"__{name}__"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["text", None, object()])
def test_an_unknown_operand_is_left_to_python(name, other):
    x = rushlight.tensor([1])
    for form in (f"__{name}__", f"__r{name}__", f"__i{name}__"):
        assert getattr(x, form)(other) is NotImplemented


def test_numpys_numbers_are_numbers():
    x = rushlight.tensor([1, 2])
    assert (x + np.int8(1)).tolist() == (np.int8(1) + x).tolist() == [2, 3]
    assert (x * np.float32(0.5)).dtype is rushlight.float32
    assert (np.float64(3) - x).dtype is rushlight.float32
    x += np.int64(1)
    assert x.tolist() == [2, 3]


def test_a_type_error_of_a_known_operand_is_raised():
    with pytest.raises(TypeError, match="integer or bool"):
        ~rushlight.ones(1)
    with pytest.raises(NotImplementedError, match="'Float'"):
        rushlight.ones(1) & rushlight.ones(1)
