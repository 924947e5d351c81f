"""instance_norm."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery, check_gradient, maker


def reference(
    x,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-5,
):
    dims, shape = tuple(range(2, x.ndim)), [1, -1] + [1] * (x.ndim - 2)
    if use_input_stats:
        mean, var = x.mean(dims, keepdims=True), x.var(dims, keepdims=True)
    else:
        mean, var = running_mean.reshape(shape), running_var.reshape(shape)
    y = (x - mean) / np.sqrt(var + eps)
    y = y if weight is None else y * weight.reshape(shape)
    return y if bias is None else y + bias.reshape(shape)


def samples(make):
    return [
        (make(3, 4, 5),),
        (make(2, 3, 4, 5), None, None, make(3), make(3)),
        (make(2, 3, 2, 3, 2), {"eps": 1e-2}),
    ]


def in_evaluation(make):
    known = make(3), make(3, low=0.5)
    return [
        (make(2, 3, 4), *known, {"use_input_stats": False}),
        (make(2, 3, 1), *known, make(3), make(3), {"use_input_stats": False}),
    ]


x = rushlight.ones(3, 4, 2)
ERRORS = [
    Error((x[:, :, 0],), ValueError, "more than 1 spatial element"),
    Error((x[:, :, :1],), ValueError, "more than 1 spatial element"),
    Error(
        (x,), RuntimeError, "running_mean and running_var", {"use_input_stats": False}
    ),
]
OPS = [
    Op(
        "nn.functional.instance_norm",
        samples,
        reference,
        dtypes=FLOATS,
        tolerance=4,
        errors=ERRORS,
    ),
    Op(
        "nn.functional.instance_norm",
        in_evaluation,
        reference,
        dtypes=FLOATS,
        grad=0,
        tolerance=4,
        id="evaluation",
    ),
]
globals().update(battery(OPS))


def test_running_statistics_are_the_samples_mean():
    x = rushlight.randn(4, 3, 5)
    mean, var = rushlight.zeros(3), rushlight.ones(3)
    F.instance_norm(x, mean, var, momentum=0.5)
    wide = x.numpy()
    np.testing.assert_allclose(mean, 0.5 * wide.mean((0, 2)), rtol=1e-5, atol=1e-7)
    wanted = 0.5 + 0.5 * wide.var(2, ddof=1).mean(0)
    np.testing.assert_allclose(var, wanted, rtol=1e-5)
    args = None, None, mean, var, False, 0.5, 1e-5
    own = rushlight.instance_norm(x, *args)
    again = F.instance_norm(x, mean, var, use_input_stats=False)
    assert rushlight.equal(own, again)


@pytest.mark.parametrize("case", range(2))
def test_gradients_in_evaluation(case):
    x, mean, var, *factors, keywords = in_evaluation(maker("float64"))[case]

    def known(x, *factors):
        return F.instance_norm(x, mean, var, *factors, **keywords)

    check_gradient(known, (x, *factors), "float64", 2, np.random.default_rng(0))


def test_empty_batch():
    assert F.instance_norm(rushlight.ones(0, 3, 4)).shape == (0, 3, 4)
