"""Windows: against scipy's, their lengths, periods and refusals."""

import numpy as np
import pytest

import rushlight
from rushlight.signal import windows

scipy_windows = pytest.importorskip("scipy.signal.windows")

#: Our options and scipy's arguments.
CASES = [
    ("bartlett", {}, ()),
    ("blackman", {}, ()),
    ("cosine", {}, ()),
    ("exponential", {"tau": 2.5}, (None, 2.5)),
    ("gaussian", {"std": 1.7}, (1.7,)),
    ("general_cosine", {"a": [0.4, 0.3, 0.2, 0.1]}, ([0.4, 0.3, 0.2, 0.1],)),
    ("general_hamming", {"alpha": 0.6}, (0.6,)),
    ("hamming", {}, ()),
    ("hann", {}, ()),
    ("kaiser", {"beta": 3.0}, (3.0,)),
    ("nuttall", {}, ()),
]


@pytest.mark.parametrize("name, options, arguments", CASES)
@pytest.mark.parametrize("sym", [True, False])
@pytest.mark.parametrize("length", [0, 1, 2, 7, 64])
def test_against_scipy(name, options, arguments, sym, length):
    found = getattr(windows, name)(length, sym=sym, dtype=rushlight.float64, **options)
    wanted = getattr(scipy_windows, name)(length, *arguments, sym=sym)
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-14)


def test_a_center():
    found = windows.exponential(4, center=0, tau=2.0, sym=False)
    np.testing.assert_allclose(found.numpy(), np.exp(-np.arange(4) / 2), rtol=1e-6)


def test_options():
    found = windows.hann(5, requires_grad=True)
    assert found.requires_grad
    assert found.dtype is rushlight.float32
    assert windows.kaiser(3, device="meta").device.type == "meta"


@pytest.mark.parametrize(
    "name, options, error, text",
    [
        ("hann", {"M": -1}, ValueError, "non-negative window length"),
        ("gaussian", {"M": 2.5}, TypeError, "an int for M"),
        ("hann", {"M": 3, "dtype": rushlight.int64}, ValueError, "float32 or float64"),
        ("hann", {"M": 3, "layout": "sparse"}, ValueError, "a strided layout"),
        ("gaussian", {"M": 3, "std": -1}, ValueError, "a positive std"),
        ("exponential", {"M": 3, "tau": 0}, ValueError, "a positive tau"),
        ("exponential", {"M": 3, "center": 2}, ValueError, "no center"),
        ("kaiser", {"M": 3, "beta": -1}, ValueError, "a beta of 0 or more"),
        ("general_cosine", {"M": 3, "a": []}, ValueError, "at least one coefficient"),
        ("general_cosine", {"M": 3, "a": 3}, TypeError, "a list for a"),
    ],
)
def test_refusals(name, options, error, text):
    with pytest.raises(error, match=text):
        getattr(windows, name)(**options)


def test_a_missing_name_has_the_nearest():
    with pytest.raises(AttributeError, match="windows"):
        rushlight.signal.window
