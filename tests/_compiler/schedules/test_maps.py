"""Index maps agree with what NumPy's views show."""

import itertools

import numpy as np
import pytest

from rushlight._compiler.graph.expression import Expressions
from rushlight._compiler.schedules.maps import (
    Apart,
    Misfit,
    flat,
    identity,
    strides_in,
    through,
)

K = Expressions()
X = K.make("input", [], (4, 6), "f32", 0)
ROW = K.make("input", [], (1, 6), "f32", 1)


def _numpy(e, held):
    """An expression of views as an array of places in its source."""
    if e.kind == "input":
        return np.arange(e.size).reshape(e.shape)
    source = _numpy(e.args[0], held)
    if e.kind == "permute":
        return source.transpose(e.data)
    if e.kind == "expand":
        return np.broadcast_to(source, e.shape)
    if e.kind == "reshape":
        return source.reshape(e.shape)
    starts, steps = e.data
    parts = zip(starts, e.shape, steps, strict=True)
    return source[tuple(slice(a, a + (n - 1) * s + 1, s) for a, n, s in parts)]


VIEWS = [
    K.permute(X, (1, 0)),
    K.expand(ROW, (3, 5, 6)),
    K.slice(X, (1, 0), (2, 3), (2, 2)),
    K.slice(K.slice(X, (1, 0), (2, 3), (2, 2)), (1, 1), (1, 2), (1, 1)),
    K.reshape(X, (2, 2, 6)),
    K.reshape(X, (4, 2, 3)),
    K.permute(K.reshape(X, (2, 2, 6)), (1, 0, 2)),
    K.permute(K.slice(K.permute(X, (1, 0)), (2, 1), (3, 2), (1, 2)), (1, 0)),
    K.reshape(K.slice(X, (1, 0), (2, 6), (1, 1)), (2, 2, 3)),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda e: f"{e.kind}{e.shape}")
def test_places_are_those_of_numpy(view):
    names = [f"d{d}" for d in range(view.ndim)]
    extents = dict(zip(names, view.shape, strict=True))
    index, e = identity(view.shape, extents), view
    while e.kind != "input":
        index, e = through(e, index, extents), e.args[0]
    offset, terms = flat(e.shape, index)
    want = _numpy(view, None)
    for place in itertools.product(*map(range, view.shape)):
        at = sum(terms.get(n, 0) * i for n, i in zip(names, place, strict=True))
        assert offset + at == want[place]


@pytest.mark.parametrize("view", VIEWS, ids=lambda e: f"{e.kind}{e.shape}")
def test_strides_are_those_of_numpy(view):
    found = strides_in(view, lambda e: e.kind == "input")
    want = _numpy(view, None)
    source, offset, strides = found
    assert source.kind == "input" and offset == want.flat[0]
    for d, stride in enumerate(strides):
        if view.shape[d] > 1:
            assert stride == np.diff(want, axis=d).flat[0]


def test_flat_memory_can_be_read_by_strides():
    source, offset, strides = strides_in(K.reshape(X, (24,)), lambda e: e is X)
    assert (source, offset, strides) == (X, 0, [1])


def test_what_cannot_be_followed_is_named():
    turned = K.permute(X, (1, 0))
    view = K.reshape(turned, (8, 3))
    index = identity(view.shape, {"a": 8, "b": 3})
    with pytest.raises(Misfit) as misfit:
        through(view, index, {"a": 8, "b": 3})
    assert misfit.value.source is turned
    assert strides_in(view, lambda e: e.kind == "input") is None
    assert strides_in(K.pointwise("neg", X), lambda e: e.kind == "input") is None


def test_several_axes_make_one_dimension():
    assert identity((24,), {"a": 4, "b": 6}) == ((0, (("a", 6), ("b", 1))),)
    assert identity((1, 4), {"a": 4}) == ((0, ()), (0, (("a", 1),)))


@pytest.mark.parametrize("shape, axes", [((5,), {"a": 4}), ((4,), {"a": 4, "b": 2})])
def test_shapes_that_do_not_meet(shape, axes):
    with pytest.raises(Apart):
        identity(shape, axes)
