"""squeeze, unsqueeze."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def _squeezed(x, *dims):
    if not dims:
        return np.squeeze(x)
    dims = dims[0] if isinstance(dims[0], tuple) else dims
    dims = tuple(d for d in dims if x.ndim and x.shape[d] == 1)
    return np.squeeze(x, dims) if dims else x


OPS = [
    Op(
        "squeeze",
        samples=lambda make: [
            (make(1, 3, 1),),
            (make(1, 3, 1), 0),
            (make(1, 3, 1), -1),
            (make(1, 3, 1), 1),
            (make(1, 3, 1), (0, 2)),
            (make(1, 3, 1), 0, 2),
            (make(),),
            (make(), 0),
            (make(1, 0),),
        ],
        reference=_squeezed,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((rushlight.ones(1), 1), IndexError, "in the range [-1, 0], got 1"),
            Error((rushlight.ones(1, 1), (0, 0)), RuntimeError, "each dimension once"),
        ],
    ),
    Op(
        "unsqueeze",
        samples=lambda make: [
            (make(2, 3), 0),
            (make(2, 3), 1),
            (make(2, 3), -1),
            (make(2, 3), -3),
            (make(), 0),
            (make(0), 1),
        ],
        reference=np.expand_dims,
        dtypes=(*ALL, *COMPLEX),
        errors=[
            Error((rushlight.ones(2), 2), IndexError, "in the range [-2, 1], got 2"),
            Error((rushlight.ones(2), -3), IndexError, "in the range [-2, 1], got -3"),
            Error((rushlight.ones(2), "a"), TypeError, "an int for 'dim'"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "arguments, name",
    [
        ((), "SqueezeBackward0"),
        ((0,), "SqueezeBackward1"),
        (((0,),), "SqueezeBackward2"),
    ],
)
def test_names_of_nodes(arguments, name):
    x = rushlight.ones(1, 2, requires_grad=True)
    assert x.squeeze(*arguments).grad_fn.name() == name


def test_named_dim_and_strides():
    x = rushlight.ones(2, 3)
    assert x.unsqueeze(dim=1).stride() == (3, 3, 1)
    assert x.t().unsqueeze(1).stride() == (1, 6, 3)
    assert x.unsqueeze(0).squeeze(dim=0).shape == (2, 3)
