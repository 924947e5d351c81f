"""vmap: dimensions in and out, randomness, nesting."""

import numpy as np
import pytest

import rushlight
from rushlight import func, vmap

ones, arange = rushlight.ones, rushlight.arange


def _same(found, expected):
    np.testing.assert_allclose(found.detach().numpy(), expected.numpy())


def test_dimensions():
    x, y = arange(6.0).reshape(2, 3), ones(3)
    _same(vmap(rushlight.dot, in_dims=(0, None))(x, y), x @ y)
    _same(vmap(rushlight.dot, in_dims=(0, 0))(x, x), (x * x).sum(1))
    _same(vmap(lambda a: a * 2, in_dims=1, out_dims=1)(x), x * 2)
    _same(vmap(lambda a: a * 2, in_dims=-1)(x), x.T * 2)
    found = vmap(lambda d: (d["a"] + 1, d["b"]), in_dims=({"a": 1, "b": None},))(
        {"a": x, "b": y}
    )
    _same(found[0], x.T + 1)
    _same(found[1], y.expand(3, 3))


def test_gradients_of_each_example():
    w, x = rushlight.tensor([1.0, 2.0]), arange(6.0).reshape(3, 2)
    found = vmap(func.grad(lambda w, x: (w * x).sum() ** 2), in_dims=(None, 0))(w, x)
    _same(found, 2 * (x @ w)[:, None] * x)


def test_nested():
    x, y = arange(2.0), arange(3.0)
    pairs = vmap(vmap(rushlight.mul, in_dims=(None, 0)), in_dims=(0, None))(x, y)
    _same(pairs, x[:, None] * y)


def test_randomness():
    def noisy(x):
        return x + rushlight.rand(2)

    with pytest.raises(RuntimeError, match="randomness='same'"):
        vmap(noisy)(ones(3))
    same = vmap(noisy, randomness="same")(ones(3))
    assert (same == same[0]).all()
    different = vmap(noisy, randomness="different")(ones(3))
    assert not (different == different[0]).all()


@pytest.mark.parametrize(
    "options, args, error, text",
    [
        ({"in_dims": 3}, (ones(2),), ValueError, "in_dim=3"),
        ({}, (ones(2), ones(3)), ValueError, r"sizes \[2, 3\]"),
        ({"in_dims": (0, 0)}, (ones(2),), ValueError, "not compatible"),
        ({"in_dims": None}, (ones(2),), ValueError, "at least one mapped"),
        ({"randomness": "any"}, (ones(2),), RuntimeError, "randomness"),
        ({"chunk_size": 0}, (ones(2),), ValueError, "chunk_size"),
        ({"out_dims": (0, 0)}, (ones(2),), ValueError, "out_dims"),
    ],
)
def test_refusals(options, args, error, text):
    with pytest.raises(error, match=text):
        vmap(lambda *xs: xs[0], **options)(*args)


def test_results_must_be_tensors():
    with pytest.raises(TypeError, match="type int"):
        vmap(lambda x: 1)(ones(2))
