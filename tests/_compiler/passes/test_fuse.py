"""Fusion: what becomes one kernel, and what must not."""

import pytest

import rushlight as t
from rushlight import nn
from rushlight._compiler.passes.domains import domain_of, finer, is_matrix, spread
from tests._compiler.graphs import fused, jobs, kinds, numbers

X = numbers(6, 8)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x * 2 + 1).exp().tanh() - x,
        lambda x: x.softmax(1),
        lambda x: x.softmax(0),
        lambda x: nn.functional.layer_norm(x, (8,)) * 2,
        lambda x: nn.functional.log_softmax(x, 1).exp(),
        lambda x: (x.t() + 1).reshape(48),
        lambda x: (x - x.mean(1, keepdim=True)) / x.abs().sum(1, keepdim=True).sqrt(),
        lambda x: (x.sum(1), x.exp().sum(1)),
    ],
)
def test_one_kernel(function):
    assert kinds(function, X) == ["group"]


@pytest.mark.parametrize(
    "function, expected",
    [
        (lambda x: (x @ x.t()).relu(), ["product", "group"]),
        (lambda x: x.exp() @ x.t(), ["group", "product"]),
        (lambda x: x.t() @ x, ["product"]),
        (lambda x: x[:, ::2] @ x[:4], ["group", "product"]),
        (lambda x: x.sort(1).values + 1, ["library", "group"]),
        (lambda x: x.softmax(0).sum(1), ["group", "group"]),
        (lambda x: t.cat([x, x * 2]), ["group", "join"]),
    ],
)
def test_several_units(function, expected):
    assert sorted(kinds(function, X)) == sorted(expected)


@pytest.mark.parametrize("name", jobs())
def test_units_run_after_what_they_read(name):
    function, args = jobs()[name]
    lowered, found = fused(function, *args)
    done = set()
    for unit in found.units:
        assert unit.after <= done
        done.add(unit)
    members = [m for unit in found.units for m in unit.members]
    assert len(members) == len(set(members))
    assert set(members) <= found.stored | {m for m in members if m.kind in _WHOLE}


_WHOLE = ("library", "routine")


def test_costly_values_are_not_computed_twice():
    def f(x):
        y = x.exp()
        return y.sum(0), y.sum(1)

    wide = numbers(64, 64)
    _, found = fused(f, wide)
    assert "exp" in {e.kind for e in found.stored}


@pytest.mark.parametrize(
    "a, b, expected",
    [
        ((6,), (2, 3), (2, 3)),
        ((2, 12), (8, 3), None),
        ((4, 6), (24,), (4, 6)),
        ((4, 6), (4, 2, 3), (4, 2, 3)),
        ((5,), (6,), None),
        ((), (), ()),
    ],
)
def test_the_finer_of_two_domains(a, b, expected):
    assert finer(a, b) == finer(b, a) == expected


def test_dimensions_are_spread_over_a_finer_domain():
    assert spread((1,), (4, 6), (4, 2, 3)) == (1, 2)
    assert spread((0,), (4, 6), (2, 2, 6)) == (0, 1)
    assert spread(None, (4, 6), (4, 6)) is None


def test_a_reductions_domain_is_what_it_reads():
    lowered, _ = fused(lambda x: x.reshape(6, 1, 8).sum(2), X)
    e = lowered.outputs[0]
    while e.kind != "reduce":
        e = e.args[0]
    assert domain_of(e) == ((6, 8), (1,))


@pytest.mark.parametrize(
    "shape, strides, expected",
    [
        ((1, 3, 4), (12, 4, 1), True),
        ((1, 3, 4), (12, 1, 3), True),
        ((1, 3, 4), (12, 8, 2), False),
        ((1, 3, 4), (12, 2, 1), False),
        ((2, 3, 4), (0, 4, 1), True),
        ((1, 3, 1), (3, 5, 7), True),
    ],
)
def test_what_blas_can_read(shape, strides, expected):
    assert is_matrix(shape, strides) is expected
