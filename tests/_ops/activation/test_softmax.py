"""softmax, log_softmax, softmin, gumbel_softmax."""

import math
import warnings

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

INF = math.inf


def dims(make):
    return [
        (make(3, 4), 1),
        (make(3, 4), 0),
        (make(2, 3, 4), -2),
        (make(5), -1),
        (make(), 0),
        (make(0, 3), 1),
        (make(40, 9), 1),
        (make(2, 3, 20, 50), -1),
    ]


def softmax(x, dim):
    x = x if x.ndim else x.reshape(1)
    e = np.exp(x - x.max(dim, keepdims=True)) if x.size else x
    return (e / e.sum(dim, keepdims=True)).reshape(np.shape(x))


def shaped(function):
    def reference(x, dim):
        return function(x, dim).reshape(x.shape)

    return reference


ERRORS = [
    Error((rushlight.ones(2, 2), 2), IndexError, "[-2, 1], got 2"),
    Error((rushlight.ones(2), (0,)), TypeError, "tuple"),
    Error((rushlight.tensor([1, 2]), 0), NotImplementedError, "'Long'"),
    Error((rushlight.ones(2), 0), TypeError, "torch.dtype", {"dtype": "float32"}),
]
OPS = [
    Op("softmax", reference=shaped(softmax), samples=dims, dtypes=FLOATS, out=True,
       errors=ERRORS),
    Op("log_softmax", reference=shaped(lambda x, d: np.log(softmax(x, d))),
       samples=dims, dtypes=FLOATS, out=True, errors=ERRORS),
    Op("nn.functional.softmin", reference=shaped(lambda x, d: softmax(-x, d)),
       samples=dims, dtypes=FLOATS),
]  # fmt: skip
globals().update(battery(OPS))


def test_infinite_and_huge_values():
    x = rushlight.tensor([[-INF, -INF], [1.0, -INF], [INF, 1.0], [1e30, -1e30]])
    expected = "[[nan, nan], [1.0, 0.0], [nan, nan], [1.0, 0.0]]"
    assert str(x.softmax(1).tolist()) == expected
    assert str(x.log_softmax(1)[1:2].tolist()) == "[[0.0, -inf]]"


@pytest.mark.parametrize("shift", [0.0, 30.0, -30.0, 60.0, 1000.0, -1000.0])
def test_large_arrays_do_not_depend_on_a_shift(shift):
    """The way without a shift is left where it would lose something."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 700)).astype("f4") + np.float32(shift)
    x = rushlight.from_numpy(values).requires_grad_()
    y = x.softmax(1)
    exact = softmax(values.astype("f8"), 1)
    np.testing.assert_allclose(y.detach().numpy(), exact, rtol=5e-6)
    weights = rushlight.from_numpy(rng.normal(size=values.shape).astype("f4"))
    (y * weights).sum().backward()
    w = weights.numpy().astype("f8")
    slope = exact * (w - (w * exact).sum(1, keepdims=True))
    # a difference of two terms, of each of which float32 keeps 6e-8
    np.testing.assert_allclose(x.grad.numpy(), slope, rtol=5e-7, atol=1e-8)


def test_masked_rows_of_large_arrays():
    mask = np.tril(np.ones((100, 100), bool))
    scores = np.where(mask, 1.0, -INF).astype("f4")
    found = rushlight.from_numpy(scores).softmax(-1)
    np.testing.assert_allclose(found.numpy()[3, :5], [0.25] * 4 + [0], rtol=1e-6)
    low = rushlight.from_numpy(np.where(mask, -500.0, -INF).astype("f4")).softmax(-1)
    np.testing.assert_allclose(low.numpy(), found.numpy(), rtol=1e-6)


def test_a_dtype_is_converted_to_before():
    x = rushlight.tensor([1, 2])
    y = x.softmax(0, rushlight.float64)
    assert y.dtype is rushlight.float64 and y.sum().item() == pytest.approx(1)
    half = rushlight.ones(3, dtype=rushlight.float16, requires_grad=True)
    z = F.log_softmax(half, dim=0, dtype=rushlight.float32)
    assert z.dtype is rushlight.float32
    z[0].backward()
    assert half.grad.dtype is rushlight.float16


@pytest.mark.parametrize("function", [F.softmax, F.log_softmax, F.softmin])
@pytest.mark.parametrize("ndim, dim", [(1, 0), (2, 1), (3, 0), (4, 1)])
def test_the_dimension_left_out(function, ndim, dim):
    x = rushlight.arange(2.0**ndim).reshape([2] * ndim)
    with pytest.warns(UserWarning, match="Implicit dimension choice") as caught:
        found = function(x)
    assert caught[0].filename == __file__
    assert found.tolist() == function(x, dim).tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function(x, dim=-1)


def test_nodes_have_torchs_names():
    x = rushlight.ones(2, requires_grad=True)
    assert F.softmax(x, 0).grad_fn.name() == "SoftmaxBackward0"
    assert x.log_softmax(0).grad_fn.name() == "LogSoftmaxBackward0"


def test_gumbel_softmax():
    logits = rushlight.zeros(2000, 3, requires_grad=True)
    soft = F.gumbel_softmax(logits, tau=0.5)
    assert rushlight.allclose(soft.sum(-1), rushlight.ones(2000))
    hard = F.gumbel_softmax(logits, hard=True)
    rows = hard.detach().round(decimals=3)
    assert set(rows.unique().tolist()) == {0.0, 1.0}
    assert (rows.mean(0) - 1 / 3).abs().max().item() < 0.05
    (hard[:, 0] * 2).sum().backward()
    assert logits.grad.abs().sum().item() > 0
    with pytest.warns(UserWarning, match="eps"):
        F.gumbel_softmax(logits, eps=1e-5)
