"""view, reshape, flatten, unflatten."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _sizes(make):
    return [
        (make(2, 3, 4), 6, 4),
        (make(2, 3, 4), (4, -1)),
        (make(2, 3), [6]),
        (make(), 1, 1),
        (make(1), ()),
        (make(0, 3), (3, 0)),
        (make(0, 3), -1),
    ]


def _reference(x, *shape):
    return x.reshape(*shape)


_ERRORS = [
    Error((rushlight.ones(2, 3), 5), RuntimeError, "shape '[5]' is invalid for input"),
    Error((rushlight.ones(2, 3), -1, -1), RuntimeError, "at most one -1"),
    Error((rushlight.ones(2, 3), -2, -3), RuntimeError, "shape '[-2, -3]' is invalid"),
    Error((rushlight.ones(0), -1, 0), RuntimeError, "ambiguous"),
    Error((rushlight.ones(2), 2.0), TypeError, "an int for 'size', got 2.0"),
]

OPS = [
    Op(
        "reshape",
        samples=_sizes,
        reference=_reference,
        dtypes=(*ALL, *COMPLEX),
        errors=[Error((rushlight.ones(2),), TypeError, "sizes"), *_ERRORS][1:],
    ),
    Op(
        "Tensor.reshape_as",
        samples=lambda make: [(make(2, 3), make(3, 2)), (make(0), make(2, 0))],
        reference=lambda x, other: x.reshape(other.shape),
        grad=False,
    ),
    Op(
        "flatten",
        samples=lambda make: [
            (make(2, 3, 4),),
            (make(2, 3, 4), 1),
            (make(2, 3, 4), 0, 1),
            (make(2, 3, 4), -2, -1),
            (make(2), 0, 0),
            (make(),),
            (make(2, 0, 3), 1),
        ],
        reference=lambda x, start=0, end=-1: _flattened(x, start, end),
        errors=[
            Error((rushlight.ones(2, 2), 1, 0), RuntimeError, "not to come after"),
            Error((rushlight.ones(2, 2), 2), IndexError, "a dimension in the range"),
        ],
    ),
    Op(
        "ravel",
        samples=lambda make: [(make(2, 3),), (make(),), (make(0, 2),)],
        reference=np.ravel,
    ),
    Op(
        "unflatten",
        samples=lambda make: [
            (make(2, 6), 1, (2, 3)),
            (make(6, 2), 0, (3, -1)),
            (make(2, 6), -1, [6]),
        ],
        reference=lambda x, dim, sizes: x.reshape(
            (*x.shape[:dim], *sizes, *x.shape[dim % x.ndim + 1 :])
        ),
        errors=[
            Error((rushlight.ones(2, 6), 1, (4, 2)), RuntimeError, "input of size 6"),
            Error((rushlight.ones(2, 6), 1, ()), RuntimeError, "non-empty"),
            Error((rushlight.ones(2, 6), 2, (1,)), IndexError, "unflatten()"),
        ],
    ),
]


def _flattened(x, start, end):
    start, end = start % max(x.ndim, 1), end % max(x.ndim, 1)
    joined = int(np.prod(x.shape[start : end + 1]))
    return x.reshape((*x.shape[:start], joined, *x.shape[end + 1 :]))


globals().update(battery(OPS))


@pytest.mark.parametrize("shape", [(6, 4), (4, -1), (24,), (2, 3, 2, 2)])
def test_view_shares_memory_and_passes_gradients(shape):
    x = rushlight.arange(24.0).reshape(2, 3, 4).requires_grad_()
    y = x.view(*shape)
    assert y.data_ptr() == x.data_ptr()
    assert y.grad_fn.name() == "ViewBackward0"
    y.square().sum().backward()
    assert x.grad.tolist() == (2 * x).tolist()


@pytest.mark.parametrize("error", _ERRORS, ids=range(len(_ERRORS)))
def test_view_refuses(error):
    with pytest.raises(error.type) as caught:
        rushlight.Tensor.view(*error.args)
    assert error.text in str(caught.value)


def test_view_refuses_memory_that_does_not_fit():
    x = rushlight.ones(2, 3).t()
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        x.view(6)
    assert x.view(3, 1, 2).shape == (3, 1, 2)
    assert x.reshape(6).shape == (6,)


def test_view_needs_an_argument():
    with pytest.raises(TypeError, match="sizes or a dtype"):
        rushlight.ones(2).view()


def test_names_of_arguments():
    x = rushlight.ones(2, 3)
    assert x.view(size=(6,)).shape == (6,)
    assert x.reshape(shape=(3, 2)).shape == (3, 2)
    assert x.view_as(rushlight.ones(6)).shape == (6,)
    with pytest.raises(TypeError, match="argument 'shape'"):
        x.reshape(sizes=(6,))


def test_reshape_copies_only_where_it_must():
    x = rushlight.arange(6.0).reshape(2, 3)
    assert x.reshape(3, 2).data_ptr() == x.data_ptr()
    turned = x.t().requires_grad_()
    copied = turned.reshape(6)
    assert copied.data_ptr() != x.data_ptr()
    assert copied.grad_fn.name() == "UnsafeViewBackward0"
    assert copied.tolist() == [0, 3, 1, 4, 2, 5]


def test_flatten_of_one_dimension_is_the_tensor_itself():
    x = rushlight.ones(3)
    assert x.flatten() is x


def test_writes_show_in_views():
    x = rushlight.zeros(2, 2)
    x.view(4)[1] = 5
    x.reshape(-1)[2] = 6
    assert x.tolist() == [[0, 5], [6, 0]]
