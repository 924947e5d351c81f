"""norm, dist, logsumexp."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, INTS, Error, Op, battery

INF = math.inf
ORDERS = (2, 1, 3, 0.5, 1.5, INF, -INF, -1, 2.5)


def _norms(make):
    x = make(3, 4, low=0.5, high=2)
    dims = [(), (0,), (1, True), ((0, 1),), ([1],)]
    return [(x, p, *dim) for p in ORDERS for dim in dims] + [
        (x,),
        (x, "fro"),
        (x, None, 1),
        (make(), 2),
        (make(0, 3), 2, 0),
    ]


def _norm(x, p="fro", dim=None, keepdim=False):
    p = 2 if p in (None, "fro") else p
    dim = tuple(dim) if isinstance(dim, list) else dim
    size = np.abs(x)
    if p == 0:
        return (size != 0).sum(dim, keepdims=keepdim).astype(float)
    if math.isinf(p):
        return (size.max if p > 0 else size.min)(axis=dim, keepdims=keepdim)
    return np.asarray((size**p).sum(axis=dim, keepdims=keepdim)) ** (1 / p)


def _logsumexp(x, dim, keepdim=False):
    axis = dim if x.ndim else None
    x = x.astype(np.result_type(x, "float64"))
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x).sum(axis=axis, keepdims=keepdim))


OPS = [
    Op(
        "norm",
        reference=_norm,
        samples=_norms,
        dtypes=(*FLOATS, *COMPLEX),
        out=True,
        tolerance=8,
        errors=[
            Error((rushlight.tensor([1]),), RuntimeError, "'Long'"),
            Error((rushlight.ones(2), "abc"), RuntimeError, "Order abc not supported"),
            Error((rushlight.ones(2), "nuc"), RuntimeError, "2 dims for the nuclear"),
            Error((rushlight.ones(2), [0]), TypeError, "p to be a number"),
            Error((rushlight.ones(2), 2, 1), IndexError, "norm()"),
            Error(
                (rushlight.ones(2), "fro", (0, 1, 2)), RuntimeError, "at most 2 dims"
            ),
            Error((rushlight.zeros(0), INF), RuntimeError, "not have an identity"),
            Error((rushlight.zeros(0, 2), -1, 0), RuntimeError, "identity"),
            Error(
                (rushlight.ones(2),), RuntimeError, "dtype=", {"dtype": rushlight.int64}
            ),
            Error(
                (rushlight.ones(2).double(),),
                RuntimeError,
                "no narrower",
                {"dtype": rushlight.float32},
            ),
        ],
    ),
    Op(
        "norm",
        reference=_norm,
        samples=lambda make: [(make(3, 4), 0), (make(3, 4, low=0, high=0), 0, 1)],
        dtypes=("float64",),
        grad=False,
        id="norm-0",
    ),
    Op(
        "dist",
        reference=lambda x, y, p=2: _norm(x - y, p),
        samples=lambda make: [
            (make(3, 4), make(4), *p) for p in [(), (1,), (3,), (INF,)]
        ],
        dtypes=("float64", "float32", "complex128"),
        errors=[
            Error(
                (rushlight.tensor([1]), rushlight.tensor([2])), RuntimeError, "dist()"
            ),
            Error((rushlight.ones(2), rushlight.ones(3)), RuntimeError, "broadcasting"),
        ],
    ),
    Op(
        "logsumexp",
        reference=_logsumexp,
        samples=lambda make: [
            (make(3, 4), 1),
            (make(3, 4), 0, True),
            (make(3, 4), (0, 1)),
            (make(), 0),
        ],
        dtypes=(*FLOATS, *INTS, *COMPLEX),
        out=True,
        errors=[
            Error((rushlight.ones(2), 1), IndexError, "logsumexp()"),
            Error((rushlight.ones(2),), TypeError, "argument 'dim'"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("p", [1, 2, 3, 1.5, INF])
def test_the_norm_of_zeros_has_gradient_zero(p):
    x = rushlight.zeros(3, dtype=rushlight.float64, requires_grad=True)
    (gradient,) = rushlight.autograd.grad(x.norm(p), x, create_graph=True)
    assert gradient.tolist() == [0, 0, 0]
    assert not gradient.sum().requires_grad or not gradient.isnan().any()


def test_ties_of_the_largest_share_the_gradient():
    x = rushlight.tensor([1.0, -1.0, 0.0], requires_grad=True)
    x.norm(INF).backward()
    assert x.grad.tolist() == [0.5, -0.5, 0]


def test_logsumexp_does_not_overflow():
    assert rushlight.tensor([1000.0, 1000.0]).logsumexp(0).item() == pytest.approx(
        1000 + math.log(2)
    )
    x = rushlight.tensor([-INF, -INF])
    assert x.logsumexp(0).item() == -INF
    assert rushlight.tensor([INF, 1.0]).logsumexp(0).item() == INF
    assert rushlight.zeros(0, 2).logsumexp(0).tolist() == [-INF, -INF]


def test_dtype_is_converted_to_first():
    x = rushlight.tensor([3.0, 4.0], requires_grad=True)
    found = x.norm(dtype=rushlight.float64)
    assert found.dtype is rushlight.float64
    found.backward()
    assert x.grad.dtype is rushlight.float32
    assert found.grad_fn.name() == "LinalgVectorNormBackward0"
