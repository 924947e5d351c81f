"""Expressions: each is made once, and simplified without changing a value."""

import pytest

from rushlight._compiler.graph.expression import Expressions


@pytest.fixture
def k():
    return Expressions()


def _input(k, *shape, place=0, dtype="f32"):
    return k.make("input", [], shape, dtype, place)


def test_equal_parts_are_one_expression(k):
    x = _input(k, 2, 3)
    one = k.pointwise("exp", k.pointwise("add", x, k.const(1, "f32")))
    two = k.pointwise("exp", k.pointwise("add", x, k.const(1.0, "f32")))
    assert one is two
    assert _input(k, 2, 3, place=1) is not x


@pytest.mark.parametrize("a, b", [(0.0, -0.0), (1.0, 1.5)])
def test_different_numbers_are_two(k, a, b):
    one, two = k.const(a, "f32"), k.const(b, "f32")
    assert one is not two and one.data != two.data
    assert k.const(a, "f32") is not k.const(a, "f64")


@pytest.mark.parametrize(
    "build, same",
    [
        (lambda k, x: k.pointwise("mul", x, k.const(1, "f32")), True),
        (lambda k, x: k.pointwise("mul", k.const(1, "f32"), x), True),
        (lambda k, x: k.pointwise("div", x, k.const(1, "f32")), True),
        (lambda k, x: k.pointwise("sub", x, k.const(0, "f32")), True),
        (lambda k, x: k.pointwise("neg", k.pointwise("neg", x)), True),
        (lambda k, x: k.pointwise("pow", x, k.const(1, "f32")), True),
        (lambda k, x: k.permute(k.permute(x, (1, 0)), (1, 0)), True),
        (lambda k, x: k.reshape(k.reshape(x, (6,)), (2, 3)), True),
        (lambda k, x: k.expand(x, (2, 3)), True),
        (lambda k, x: k.slice(x, (0, 0), (2, 3), (1, 1)), True),
        (lambda k, x: k.cast(x, "f32"), True),
        (lambda k, x: k.reduce("add", x, ()), True),
        # these would change nan, inf or the sign of zero
        (lambda k, x: k.pointwise("add", x, k.const(0, "f32")), False),
        (lambda k, x: k.pointwise("mul", x, k.const(0, "f32")), False),
        (lambda k, x: k.pointwise("sub", x, x), False),
        (lambda k, x: k.pointwise("div", x, x), False),
        (lambda k, x: k.slice(x, (0, 1), (2, 2), (1, 1)), False),
        (lambda k, x: k.cast(k.cast(x, "i64"), "f32"), False),
    ],
)
def test_what_is_simplified(k, build, same):
    x = _input(k, 2, 3)
    assert (build(k, x) is x) is same


def test_a_square_is_a_product(k):
    x = _input(k, 4)
    squared = k.pointwise("pow", x, k.const(2, "f32"))
    assert squared.kind == "mul" and squared.args == (x, x)


def test_shapes_and_dtypes(k):
    x, row = _input(k, 2, 3), _input(k, 3, place=1)
    assert k.pointwise("add", x, row).shape == (2, 3)
    assert k.pointwise("lt", x, row).dtype == "bool"
    assert k.reduce("max", x, (1,)).shape == (2,)
    index = _input(k, 5, place=2, dtype="i64")
    assert k.gather(x, index).shape == (5, 3)
    a, b = _input(k, 4, 2, 3, place=3), _input(k, 4, 3, 5, place=4)
    assert k.product(a, b).shape == (4, 2, 5)


def test_views_fold_behind_casts(k):
    x = _input(k, 2, 3)
    found = k.cast(k.permute(x, (1, 0)), "f64")
    assert found.kind == "permute" and found.args[0].kind == "cast"


def test_reducing_a_dimension_of_one_is_a_view(k):
    assert k.reduce("add", _input(k, 2, 1), (1,)).kind == "reshape"


def test_parts_know_their_place_in_the_whole(k):
    x, y = _input(k, 2, 3), _input(k, 2, 4, place=1)
    joined = k.join([x, y], 1, "f32")
    assert joined.shape == (2, 7)
    assert [part.data[2] for part in joined.args] == [0, 3]
    assert k.join([y, x], 1, "f32").args[0] is not joined.args[1]
