"""arange, range."""

import numpy as np
import pytest

import rushlight

tensor = rushlight.tensor


# Arguments, dtype, elements: recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "arguments, named, dtype, elements",
    [
        ((5,), {}, "int64", [0, 1, 2, 3, 4]),
        ((3.0,), {}, "float32", [0, 1, 2]),
        ((1, 5), {}, "int64", [1, 2, 3, 4]),
        ((1, 5, 2), {}, "int64", [1, 3]),
        ((1, 5.5), {}, "float32", [1, 2, 3, 4, 5]),
        ((5, 1, -1), {}, "int64", [5, 4, 3, 2]),
        ((), {"end": 2}, "int64", [0, 1]),
        ((), {"start": 1, "end": 3}, "int64", [1, 2]),
        ((), {"start": 2, "end": 5, "step": 2}, "int64", [2, 4]),
        ((1,), {"end": 3}, "int64", [1, 2]),
        ((1, 9), {"step": 4}, "int64", [1, 5]),
        ((tensor(2),), {}, "int64", [0, 1]),
        ((tensor(2.0),), {}, "float32", [0, 1]),
        ((True,), {}, "int64", [0]),
        ((np.int64(2),), {}, "int64", [0, 1]),
        ((3,), {"dtype": rushlight.uint8}, "uint8", [0, 1, 2]),
        ((3,), {"dtype": rushlight.float16}, "float16", [0, 1, 2]),
        ((3,), {"dtype": rushlight.bfloat16}, "bfloat16", [0, 1, 2]),
        ((0.5, 3, 1), {"dtype": rushlight.int64}, "int64", [0, 1, 2]),
        ((0,), {}, "int64", []),
        ((2**62, 2**62 + 2), {}, "int64", [2**62, 2**62 + 1]),
        ((0, 1, 0.25), {}, "float32", [0, 0.25, 0.5, 0.75]),
    ],
)
def test_arange(arguments, named, dtype, elements):
    x = rushlight.arange(*arguments, **named)
    assert (x.dtype.name, x.tolist()) == (dtype, elements)


@pytest.mark.parametrize(
    "arguments, named, error, text",
    [
        ((), {}, TypeError, "(start, end)"),
        ((), {"start": 2}, TypeError, "invalid combination"),
        ((1, 2, 3, 4), {}, TypeError, "4 by position"),
        ((5, 1), {}, RuntimeError, "inconsistent with step sign"),
        ((1, 5, -1), {}, RuntimeError, "inconsistent with step sign"),
        ((1, 5, 0), {}, RuntimeError, "step must be nonzero"),
        ((0, 3, 0.5), {"dtype": rushlight.int64}, ValueError, "not zero as an integer"),
        ((float("nan"),), {}, RuntimeError, "unsupported range: 0 -> nan"),
        ((float("inf"),), {}, RuntimeError, "unsupported range: 0 -> inf"),
        ((1j,), {}, RuntimeError, "without overflow"),
        (("a",), {}, TypeError, "argument 'end', got str"),
        ((2,), {"dtype": rushlight.bool}, NotImplementedError, "torch.bool"),
        ((2,), {"dtype": rushlight.complex64}, NotImplementedError, "torch.complex64"),
    ],
)
def test_refusals(arguments, named, error, text):
    with pytest.raises(error) as caught:
        rushlight.arange(*arguments, **named)
    assert text in str(caught.value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_are_computed_in_double(dtype):
    x = rushlight.arange(0.1, 7.3, 0.1, dtype=getattr(rushlight, dtype))
    expected = 0.1 + 0.1 * np.arange(72)
    assert len(x) == 72
    np.testing.assert_array_equal(x.numpy(), expected.astype(dtype))


def test_range_includes_its_end():
    with pytest.warns(UserWarning, match="includes the end"):
        assert rushlight.range(0, 2).tolist() == [0, 1, 2]
    with pytest.warns(UserWarning, match="deprecated"):
        assert rushlight.range(1, 2, 0.5, dtype=rushlight.float64).tolist() == [
            1,
            1.5,
            2,
        ]
    with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="step sign"):
        rushlight.range(2, 0)


@pytest.mark.parametrize(
    "arguments, dtype, elements",
    [
        ((-0.9, 2.1, 2.0), "int64", [0]),
        ((1.0, 5.000001, 2.0), "int64", [1, 3]),
        ((0, 3.1), "int64", [0, 1, 2]),
        ((0, 3.1), "int32", [0, 1, 2, 3]),
        ((2.1, -2.9, -1.0), "int64", [2, 1, 0, -1]),
    ],
)
def test_floats_for_integers(arguments, dtype, elements):
    """Recorded from PyTorch 2.13: int64 cuts the bounds first, the others do not."""
    x = rushlight.arange(*arguments, dtype=getattr(rushlight, dtype))
    assert x.tolist() == elements
