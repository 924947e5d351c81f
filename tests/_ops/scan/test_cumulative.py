"""cumsum, cumprod, logcumsumexp."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, Error, Op, battery

INF = float("inf")


def _samples(make):
    return [
        (make(4, 3), 0),
        (make(2, 3, 4), -1),
        (make(2, 3, 1), 1),
        (make(1, 3), 0),
        (make(), 0),
        (make(0, 3), 0),
        (make(3, 0), 0),
    ]


def _reference(function):
    def reference(x, dim):
        if x.ndim:
            return function(x, dim)
        return x.astype("int64") if x.dtype.kind in "biu" else x

    return reference


def _totals(function):
    def reference(x, dim):
        return function(x, dim, "int64" if x.dtype.kind in "biu" else None)

    return _reference(reference)


def _errors(name):
    return [
        Error((rushlight.ones(2), 1), IndexError, f"{name}()"),
        Error((rushlight.ones(2),), TypeError, "an int for 'dim'"),
        Error((rushlight.ones(2), (0,)), TypeError, "an int for 'dim'"),
        Error(([1.0], 0), TypeError, "to be a Tensor"),
    ]


OPS = [
    Op(
        "cumsum",
        reference=_totals(np.cumsum),
        samples=_samples,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=_errors("cumsum"),
    ),
    Op(
        "cumprod",
        reference=_totals(np.cumprod),
        samples=_samples,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
        errors=_errors("cumprod"),
    ),
    Op(
        "logcumsumexp",
        reference=_reference(lambda x, dim: np.log(np.cumsum(np.exp(x), dim))),
        samples=_samples,
        dtypes=FLOATS,
        out=True,
        tolerance=2,
        errors=[
            *_errors("logcumsumexp"),
            Error((rushlight.ones(2).long(), 0), NotImplementedError, "'Long'"),
        ],
    ),
    Op(
        "logcumsumexp",
        reference=_reference(lambda x, dim: np.log(np.cumsum(np.exp(x), dim))),
        samples=lambda make: [(make(3, 2, low=-0.3, high=0.3), 0)],
        dtypes=("complex128",),
        id="complex",
    ),
]
globals().update(battery(OPS))


def test_float32_is_added_up_in_float64():
    x = rushlight.full((200_000,), 0.1)
    want = np.cumsum(x.numpy().astype("f8"))
    np.testing.assert_allclose(x.cumsum(0).numpy(), want, rtol=1e-7)
    assert rushlight.ones(5000).half().cumsum(0)[-1].item() == 5000


def test_dtype_is_converted_to_first():
    x = rushlight.tensor([1.7, 2.7])
    assert x.cumsum(0, dtype=rushlight.int32).tolist() == [1, 3]
    assert x.cumprod(0, dtype=rushlight.int32).dtype is rushlight.int32
    with pytest.raises(TypeError, match=r"torch\.dtype"):
        x.cumsum(0, dtype="x")


def test_cumprod_has_gradients_where_elements_are_zero():
    x = rushlight.tensor([2.0, 0.0, 3.0, 0.0], requires_grad=True)
    x.cumprod(0).sum().backward()
    assert x.grad.tolist() == [1, 8, 0, 0]


def test_cumprod_differentiates_twice_at_zero():
    x = rushlight.tensor([2.0, 0.0, 3.0], requires_grad=True)
    (first,) = rushlight.autograd.grad(x.cumprod(0).sum(), x, create_graph=True)
    first.sum().backward()
    # the sum of x0 + x0 x1 + x0 x1 x2 has second derivatives 1 + x2, x1 and x0
    assert x.grad.tolist() == [4 + 0, 4 + 2, 0 + 2]


def test_logcumsumexp_does_not_overflow():
    x = rushlight.tensor([-INF, 1000.0, 1000.0])
    found = x.logcumsumexp(0).tolist()
    assert found[:2] == [-INF, 1000]
    assert found[2] == pytest.approx(1000.6931)


def test_numpy_names_and_nodes():
    x = rushlight.ones(2, 3, requires_grad=True)
    for name in ("cumsum", "cumprod", "logcumsumexp"):
        found = getattr(rushlight, name)(x, axis=1)
        assert found.shape == (2, 3)
        assert found.grad_fn.name() == f"{name.capitalize()}Backward0"
