"""Size, dimension numbers, broadcasting."""

import copy
import pickle

import pytest

from rushlight._base.shape import Size, as_shape, broadcast_shapes, wrap_dim, wrap_dims


def test_size_is_a_tuple_that_prints_as_torch():
    size = Size([2, 3])
    assert size == (2, 3)
    assert str(size) == repr(size) == "torch.Size([2, 3])"
    assert repr(Size()) == "torch.Size([])"
    assert size.numel() == 6
    assert Size().numel() == 1


def test_size_stays_a_size():
    size = Size([2, 3, 4])
    assert type(size[1:]) is Size
    assert size[1] == 3
    assert type(size + (5,)) is Size
    assert type((5,) + size) is Size
    assert type(size * 2) is Size
    for copied in (copy.deepcopy(size), pickle.loads(pickle.dumps(size))):
        assert type(copied) is Size
        assert copied == size


@pytest.mark.parametrize(
    "shapes, result",
    [
        (((3, 1), (1, 4)), (3, 4)),
        (((), (2,)), (2,)),
        (((0,), (1,)), (0,)),
        (((5, 1, 3), (2, 1), (1,)), (5, 2, 3)),
        ((), ()),
        ((2, (1,)), (2,)),
    ],
)
def test_broadcast(shapes, result):
    assert broadcast_shapes(*shapes) == result


def test_broadcast_error_names_the_shapes():
    with pytest.raises(RuntimeError) as caught:
        broadcast_shapes((2, 3), (4,))
    assert "[2, 3] and [4]" in str(caught.value)
    assert "dimension 1" in str(caught.value)


@pytest.mark.parametrize("dim, ndim, result", [(0, 3, 0), (-1, 3, 2), (-1, 0, 0)])
def test_wrap_dim(dim, ndim, result):
    assert wrap_dim(dim, ndim) == result


@pytest.mark.parametrize("dim, ndim", [(3, 3), (-4, 3), (1, 0)])
def test_wrap_dim_refuses(dim, ndim):
    with pytest.raises(IndexError, match=r"in the range \["):
        wrap_dim(dim, ndim, "f()")


def test_wrap_dims():
    assert wrap_dims(None, 2) == (0, 1)
    assert wrap_dims([-1, 0], 3) == (2, 0)
    with pytest.raises(RuntimeError, match="each dimension once"):
        wrap_dims((0, -2), 2)


def test_as_shape_takes_both_forms_and_index_objects():
    class Three:
        def __index__(self):
            return 3

    assert as_shape((2, 3)) == as_shape(((2, 3),)) == as_shape(([2, Three()],))
    with pytest.raises(TypeError, match="an int for 'size'"):
        as_shape((2.5,), "zeros()")
