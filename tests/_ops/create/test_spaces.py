"""linspace, logspace."""

import numpy as np
import pytest

import rushlight

tensor = rushlight.tensor


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
def test_linspace(steps, dtype):
    x = rushlight.linspace(-1, 2.5, steps, dtype=getattr(rushlight, dtype))
    assert x.dtype.name == dtype
    close = {"float64": 1e-15, "float32": 1e-7}.get(dtype, 1e-2)
    expected = np.linspace(-1, 2.5, steps)
    np.testing.assert_allclose(x.double().numpy(), expected, close, close)
    assert steps < 2 or x[-1] == 2.5


# Recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "function, arguments, named, elements",
    [
        ("linspace", (0, 10, 4), {"dtype": rushlight.int64}, [0, 3, 6, 10]),
        ("linspace", (0, 1j, 3), {}, [0, 0.5j, 1j]),
        ("linspace", (tensor(0), tensor(1.0), tensor(3)), {}, [0, 0.5, 1]),
        ("logspace", (0, 2, 3), {}, [1, 10, 100]),
        ("logspace", (0, 2, 3), {"base": 2, "dtype": int}, [1, 2, 4]),
        ("logspace", (3, 3, 1, 2), {}, [8]),
    ],
)
def test_values(function, arguments, named, elements):
    assert getattr(rushlight, function)(*arguments, **named).tolist() == elements


@pytest.mark.parametrize("function", ["linspace", "logspace"])
@pytest.mark.parametrize(
    "arguments, error, text",
    [
        ((0, 1, -1), RuntimeError, "non-negative"),
        ((0, 1, 2.5), TypeError, "an int for 'steps'"),
        ((0, 1), TypeError, "steps"),
        (("a", 1, 2), TypeError, "argument 'start'"),
        ((tensor([0]), 1, 2), RuntimeError, "start with 1 dimension(s)"),
    ],
)
def test_refusals(function, arguments, error, text):
    with pytest.raises(error) as caught:
        getattr(rushlight, function)(*arguments)
    assert text in str(caught.value)


def test_integers_cut_their_bounds_first():
    x = rushlight.linspace(4.3, -3, 5, dtype=rushlight.int32)
    assert x.tolist() == [4, 2, 0, -1, -3]
    y = rushlight.logspace(2, 4.3, 2, base=5, dtype=rushlight.int32)
    assert y.tolist() == [25, 625]
