"""How numbers look."""

import numpy as np
import pytest

from rushlight._core.printing.elements import as_floats, elements_of
from rushlight._core.printing.options import PrintOptions


@pytest.mark.parametrize(
    "values, texts",
    [
        ([1.0, 20.0], [" 1.", "20."]),
        ([0.5, 20.0], [" 0.5000", "20.0000"]),
        ([1e-5, 1.5], ["1.0000e-05", "1.5000e+00"]),
        ([0.0, 1e9], ["0.0000e+00", "1.0000e+09"]),
        ([float("nan"), 1.0], ["nan", "1."]),
        ([float("nan"), -100.0], ["  nan", "-100."]),
        ([0.0, -0.0], ["0.", "-0."]),
    ],
)
def test_real_numbers(values, texts):
    array = np.array(values)
    elements = elements_of(array, PrintOptions())
    assert [elements.text(value) for value in array.tolist()] == texts


@pytest.mark.parametrize(
    "values, texts",
    [
        ([1, -200], ["   1", "-200"]),
        ([True, False], [" True", "False"]),
        ([1 + 1j, -10 - 20.5j], ["  1.+1.0000j", "-10.-20.5000j"]),
        ([complex(0, float("nan"))], ["0.+nanj"]),
    ],
)
def test_other_numbers(values, texts):
    array = np.array(values)
    elements = elements_of(array, PrintOptions())
    assert [elements.text(value) for value in array.tolist()] == texts


def test_the_width_of_a_complex_number_counts_both_parts():
    assert elements_of(np.array([1 + 10j]), PrintOptions()).width == 2 + 3 + 1


def test_only_real_floats_are_widened():
    assert as_floats(np.float16([1])).dtype == np.float64
    assert as_floats(np.int8([1])).dtype == np.int8
    assert as_floats(np.complex64([1])).dtype == np.complex64
