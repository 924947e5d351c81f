"""assert_close: what passes, what fails, and what it says."""

import pytest

import rushlight
from rushlight.testing import assert_allclose, assert_close

t = rushlight.tensor
NAN = float("nan")

PASSING = [
    (t([1.0]), t([1.0 + 1e-6]), {}),
    (t([True]), t([True]), {}),
    (t([1, 2]), t([1.0, 2.0]), {"check_dtype": False}),
    (t([NAN]), t([NAN]), {"equal_nan": True}),
    (t([1.0]), t([1.5]), {"rtol": 0, "atol": 0.6}),
    ([1, {"a": t(1)}], (1, {"a": t(1)}), {}),
    (t([1 + 2j]), t([1 + 2j]), {}),
    (1.0, 1.0 + 1e-9, {}),
    (None, None, {}),
    (t([]), t([]), {}),
]
FAILING = [
    (t([1.0, 2.0]), t([1.0, 3.0]), {}, "Mismatched elements: 1 / 2 (50.0%)"),
    (t([1.0, 2.0]), t([1.0, 3.0]), {}, "1.0 at index (1,) (up to 1e-05 allowed)"),
    (t(3), t(4), {}, "Scalars are not equal!"),
    (t([1.0]), t([1]), {}, "attribute 'dtype' do not match"),
    (t([1.0]), t([1.0, 1.0]), {}, "attribute 'shape' do not match"),
    (t([NAN]), t([NAN]), {}, "not close"),
    (1.0, 2, {}, "The (d)types do not match"),
    (1, 2, {}, "Expected 2 but got 1"),
    ([1.0, 2.0], [1.0], {}, "length of the sequences do not match"),
    ({"a": 1}, {"b": 1}, {}, "Missing keys in the actual mapping: ['b']"),
    ([0, [t(1)]], [0, [t(2)]], {}, "item [1][0]"),
    (None, 1, {}, "None mismatch"),
    (t(1), t(2), {"msg": "mine"}, "mine"),
    (t(1), t(2), {"msg": lambda m: m[:7] + "!"}, "Scalars!"),
]


@pytest.mark.parametrize("actual, expected, options", PASSING)
def test_close(actual, expected, options):
    assert_close(actual, expected, **options)


@pytest.mark.parametrize("actual, expected, options, text", FAILING)
def test_not_close(actual, expected, options, text):
    with pytest.raises(AssertionError) as caught:
        assert_close(actual, expected, **options)
    assert text in str(caught.value)


def test_refusals():
    with pytest.raises(ValueError, match="no atol"):
        assert_close(1, 1, rtol=1)
    with pytest.raises(TypeError, match="no comparison pair"):
        assert_close(t(1.0), 1.0)


def test_allclose_is_deprecated_and_ignores_the_dtype():
    with pytest.warns(FutureWarning, match="deprecated"):
        assert_allclose(t([1]), t([1.0]))
