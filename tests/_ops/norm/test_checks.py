"""check_factor: which weights go with an input."""

import numpy as np
import pytest

from rushlight._base.spec import Spec
from rushlight._ops.norm._checks import check_factor

ACCEPTED = [("float32", "float32"), ("float16", "float16"), ("float16", "float32")]
REFUSED = [("float32", "float64"), ("float64", "float32"), ("float16", "float64")]


@pytest.mark.parametrize("dtype, other", ACCEPTED)
def test_accepted(dtype, other):
    check_factor(Spec((3,), other), "weight", (3,), np.ones((2, 3), dtype), "f()")
    check_factor(None, "weight", (3,), np.ones((2, 3), dtype), "f()")


@pytest.mark.parametrize("dtype, other", REFUSED)
def test_refused_dtypes(dtype, other):
    text = f"weight of the input's dtype {dtype}, got {other}"
    with pytest.raises(RuntimeError, match=text):
        check_factor(Spec((3,), other), "weight", (3,), np.ones(3, dtype), "f()")


def test_refused_shape():
    with pytest.raises(RuntimeError, match=r"f\(\).*bias of shape \[3\], got \[1\]"):
        check_factor(np.ones(1), "bias", (3,), np.ones(3), "f()")
