"""_foreach_*: each is the operation itself, on every tensor of a list."""

import numpy as np
import pytest

import rushlight
from rushlight._ops.foreach import _BINARY, _UNARY


def _lists():
    rng = np.random.default_rng(0)
    return [rushlight.tensor(rng.uniform(0.2, 0.9, shape)) for shape in [(2,), (3, 2)]]


def _same(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@pytest.mark.parametrize("name", _UNARY)
def test_unary(name):
    xs = _lists()
    expected = [getattr(x, name)() for x in xs]
    found = getattr(rushlight, f"_foreach_{name}")(xs)
    assert type(found) is tuple
    _same(found, expected)
    assert getattr(rushlight, f"_foreach_{name}_")(xs) is xs
    _same(xs, expected)


@pytest.mark.parametrize("name", _BINARY)
def test_binary(name):
    function = getattr(rushlight, f"_foreach_{name}")
    number = {"maximum": "clamp_min", "minimum": "clamp_max"}.get(name, name)
    ys = [y + 0.5 for y in _lists()]
    _same(function(_lists(), ys), map(getattr(rushlight, name), _lists(), ys))
    by_number = getattr(rushlight, number)
    _same(function(_lists(), 0.5), [by_number(x, 0.5) for x in _lists()])
    _same(function(_lists(), [0.5, 2]), map(by_number, _lists(), [0.5, 2]))
    xs = _lists()
    getattr(rushlight, f"_foreach_{name}_")(xs, 0.5)
    _same(xs, [by_number(x, 0.5) for x in _lists()])


@pytest.mark.parametrize("name", ["addcmul", "addcdiv"])
def test_ternary(name):
    xs, one = _lists(), getattr(rushlight, name)
    function = getattr(rushlight, f"_foreach_{name}")
    _same(function(xs, xs, xs, value=2), [one(x, x, x, value=2) for x in xs])
    expected = [one(x, x, x, value=v) for x, v in zip(xs, [2, 3], strict=True)]
    _same(function(xs, xs, xs, [2, 3]), expected)
    _same(function(xs, xs, xs, rushlight.tensor([2, 3])), expected)
    getattr(rushlight, f"_foreach_{name}_")(xs, _lists(), _lists(), scalars=[2, 3])
    _same(xs, expected)


def test_others():
    xs = _lists()
    _same(rushlight._foreach_lerp(xs, xs, 0.5), xs)
    _same(rushlight._foreach_norm(xs, 1), [x.norm(1) for x in xs])
    _same(rushlight._foreach_max(xs), [x.max() for x in xs])
    _same(rushlight._foreach_pow(2.0, xs), [2.0**x for x in xs])
    _same(rushlight._foreach_add(xs, xs, alpha=2), [3 * x for x in xs])
    copies = rushlight._foreach_clone(xs)
    rushlight._foreach_zero_(xs)
    assert not any(x.any() for x in xs)
    rushlight._foreach_copy_(xs, copies)
    _same(xs, copies)


def test_gradients_flow():
    x = rushlight.ones(2, requires_grad=True)
    rushlight._foreach_mul([x], 3)[0].sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_refusals():
    xs = _lists()
    with pytest.raises(TypeError, match="a list of tensors"):
        rushlight._foreach_add(xs[0], 1)
    with pytest.raises(RuntimeError, match="at least one tensor"):
        rushlight._foreach_add([], 1)
    with pytest.raises(RuntimeError, match="the same number as tensors"):
        rushlight._foreach_add(xs, [1])
    with pytest.raises(RuntimeError, match="0 dimensions"):
        rushlight._foreach_mul(xs, xs[0])
