"""Convolutions of symbolic sizes: one program for all of them."""

import numpy as np
import pytest

import rushlight
from rushlight._compiler.routines.convolution import boxes, winograd, winograd_weight
from tests._compiler.routines.convolution.samples import REAL, TINY, sample
from tests._compiler.routines.convolution.symbolic import (
    Symbolic,
    interpreted,
    native,
)
from tests._compiler.routines.convolution.test_winograd import names

KINDS = {name: one for name, one in TINY.items() if one.batch}
BATCHES = (2, 3, 31, 64, 100)


def larger(one, dims, extra):
    """Values of the symbols of these dims: the example's and something more."""
    numbers = max(2, one.batch), *one.size
    return tuple([numbers[dim] + (dim + 1) * extra // 2 for dim in dims])


def symbolic(one, dims, dtype="f64"):
    """A `Symbolic` that holds for all sizes that windows fit into."""
    found = Symbolic(one, dims, dtype)
    assert not found.sizes.equalities
    return found


@pytest.fixture
def small_boxes(monkeypatch):
    """Several boxes along each dim, though sizes are small."""
    small = {"_SHORT": {}, "_FEW": 1, "_LONG": 4, "_WIDE": 3, "_HIGH": 2}
    for name, value in small.items():
        monkeypatch.setattr(boxes, name, value)


@pytest.mark.parametrize("hint", [2, 40])
@pytest.mark.parametrize("name", ["point, strided", "sequence"])
def test_batches_as_written(name, hint):
    made = symbolic(_with_batch(KINDS[name], hint), (0,))
    assert not made.sizes.conditions()
    for batch in (2, 5):
        made.check((batch,), interpreted)


@pytest.mark.parametrize(
    "name",
    [
        "sequence",
        "point, strided",
        *[pytest.param(n, marks=pytest.mark.slow) for n in ("padded", "depthwise")],
    ],
)
def test_sizes_as_written(name, small_boxes):
    one = KINDS[name]
    dims = tuple(range(len(one.size) + 1))
    made = symbolic(_with_batch(one, 2), dims)
    made.check(larger(one, dims, 2), interpreted)


@pytest.mark.parametrize("hint", [2, 64])
@pytest.mark.parametrize("name", KINDS)
def test_batches(name, hint):
    pytest.importorskip("llvmlite")
    made = symbolic(_with_batch(KINDS[name], hint), (0,))
    for batch in BATCHES:
        made.check((batch,), native)


@pytest.mark.parametrize("name", KINDS)
def test_sizes(name, small_boxes):
    pytest.importorskip("llvmlite")
    one = KINDS[name]
    dims = tuple(range(len(one.size) + 1))
    made = symbolic(_with_batch(one, 3), dims)
    for extra in (0, 1, 5, 12):
        made.check(larger(one, dims, extra), native)


def test_each_dim_by_itself():
    pytest.importorskip("llvmlite")
    one = _with_batch(KINDS["all odd"], 3)
    for dims in ((1,), (2,), (0, 2)):
        made = symbolic(one, dims)
        for extra in (0, 1, 17, 90):
            made.check(larger(one, dims, extra), native)


@pytest.mark.parametrize("hint", [3, 64])
def test_schedules_are_those_of_known_sizes(hint):
    """Winograd's form where it is faster, few outputs by positions."""
    pytest.importorskip("llvmlite")
    for name in ("second layer", "halving", "depthwise"):
        one = _with_batch(REAL[name], hint)
        known, made = Symbolic(one, (), "f32"), Symbolic(one, (0,), "f32")
        for ours, theirs in zip(made.routines, known.routines, strict=True):
            assert names(ours) == names(theirs), name
            assert ours.scratch == theirs.scratch or hint < 8, name


@pytest.mark.parametrize("size", [(4, 5), (14, 14)])
def test_winograd(size):
    pytest.importorskip("llvmlite")
    one = sample(40, 1, 18, 21, size, 3, 1, 1, 1)
    made = symbolic(one, (0,), "f32")
    assert names(made.routines[0])[0] == "transform_weight"
    for batch in (2, 3, 17, 41):
        made.check((batch,), native, 4e-6)


@pytest.mark.parametrize(
    "is_native", [True, pytest.param(False, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("is_apart", [False, True])
def test_winograd_by_small_boxes(is_native, is_apart, small_boxes, monkeypatch):
    pytest.importorskip("llvmlite")
    monkeypatch.setattr(winograd, "_LEAST", 1)
    for module in (winograd, winograd_weight):
        monkeypatch.setattr(module, "pays_apart", lambda *size: is_apart)
    made = symbolic(sample(3, 1, 2, 3, (5, 6), 3, 1, 1, 1), (0, 1, 2), "f32")
    assert [names(routine)[0] for routine in made.routines[:2]] == 2 * [
        "transform_weight"
    ]
    every = [(2, 4, 4), (3, 5, 7), (2, 9, 6), (5, 14, 33)]
    for values in every if is_native else every[:2]:
        made.check(values, native if is_native else interpreted, 4e-6)


def test_winograd_of_any_picture():
    pytest.importorskip("llvmlite")
    made = symbolic(sample(2, 1, 18, 21, (9, 12), 3, 1, 1, 1), (0, 1, 2), "f32")
    assert names(made.routines[0])[0] == "transform_weight"
    for values in ((2, 4, 4), (3, 33, 70), (2, 131, 7)):
        made.check(values, native, 4e-6)
    assert made.sizes.conditions() == ["s1 >= 4", "s2 >= 4"]


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_batches_of_networks(name):
    pytest.importorskip("llvmlite")
    made = symbolic(_with_batch(REAL[name], 8), (0,), "f32")
    for batch in (2, 9):
        made.check((batch,), native, 4e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["halving", "long sequence", "depthwise", "groups"])
def test_sizes_of_networks(name):
    pytest.importorskip("llvmlite")
    one = _with_batch(REAL[name], 2)
    dims = tuple(range(len(one.size) + 1))
    made = symbolic(one, dims, "f32")
    for extra in (0, 1, -9, 31):
        values = larger(one, dims, extra)
        made.check((max(2, values[0]), *values[1:]), native, 4e-6)


LAYERS = {
    "sequence": (rushlight.nn.Conv1d, (3, 5, 4, 2, 1), (3, 0)),
    "sequence, transposed": (rushlight.nn.ConvTranspose1d, (3, 5, 4, 2, 1), (3, 0)),
    "windows over whole rows": (rushlight.nn.Conv2d, (2, 5, (3, 16)), (2, 0, 16)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_compiled_functions_share_one_program(name):
    """One form for all batches and lengths, in which nothing is left to eager mode."""
    pytest.importorskip("llvmlite")
    rushlight.manual_seed(0)
    layer, args, shape = LAYERS[name]
    layer = layer(*args)
    made = rushlight.compile(layer, dynamic=True)
    for batch, length in ((4, 20), (2, 37), (33, 11), (3, 300)):
        x = rushlight.randn(batch, *[n or length for n in shape], requires_grad=True)
        found = [_gradients(run, layer, x) for run in (layer, made)]
        for wanted, got in zip(*found, strict=True):
            most = abs(wanted).max()
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5 * most)
    ((_, entry),) = made.forward.kinds
    pieces = [*entry.forward.pieces, *entry._backward.pieces]
    assert not [piece.text for piece in pieces if piece.kind == "library"]


def _gradients(run, layer, x):
    y = run(x)
    found = rushlight.autograd.grad((y * y).sum(), (x, *layer.parameters()))
    return [part.detach().numpy() for part in (y, *found)]


def _with_batch(one, batch):
    return one.__class__(**{**one.__dict__, "batch": batch})
