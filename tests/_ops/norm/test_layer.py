"""layer_norm and rms_norm."""

import numpy as np
import pytest

import rushlight
from rushlight.nn.functional import layer_norm, rms_norm
from tests.battery import FLOATS, Error, Op, battery, maker


def layer(x, shape, weight=None, bias=None, eps=1e-5):
    axes = tuple(range(-len(shape), 0))
    centred = x - x.mean(axes, keepdims=True)
    found = centred / np.sqrt(x.var(axes, keepdims=True) + eps)
    found = found if weight is None else found * weight
    return found if bias is None else found + bias


def rms(x, shape, weight, eps):
    axes = tuple(range(-len(shape), 0))
    found = x / np.sqrt((x * x).mean(axes, keepdims=True) + eps)
    return found if weight is None else found * weight


def rows(make):
    return [
        (make(4, 5), (5,)),
        (make(4, 5), [5], make(5), make(5)),
        (make(2, 3, 4), (4,), make(4), None),
        (make(2, 3, 4), (3, 4), None, make(3, 4)),
        (make(2, 3, 4), (2, 3, 4), make(2, 3, 4), make(2, 3, 4), 0.1),
        (make(5), (5,), make(5), make(5)),
        (make(0, 5), (5,), make(5), make(5)),
    ]


def scaled_rows(make):
    return [
        (make(4, 5), (5,), None, 1e-5),
        (make(4, 5), [5], make(5), 1e-5),
        (make(2, 3, 4), (3, 4), make(3, 4), 0.1),
        (make(5), (5,), make(5), 1e-6),
        (make(0, 5), (5,), make(5), 1e-5),
    ]


X, FIVE = maker("float32")(4, 5), rushlight.ones(5)
SHARED = [
    Error((X, 5), TypeError, "to be a tuple of ints, got int"),
    Error((X, (4,)), RuntimeError, "shape [*, 4], got input of size [4, 5]"),
    Error((X, ()), RuntimeError, "at least 1 dimension"),
    Error((X[0], (4, 5)), RuntimeError, "shape [*, 4, 5], got input of size [5]"),
    Error((X, (5,), FIVE[:4]), RuntimeError, "weight of shape [5], got [4]"),
    Error((X.long(), (5,)), RuntimeError, "not implemented for 'Long'"),
    Error((1.0, (5,)), TypeError, "to be a Tensor"),
]
OPS = [
    Op(
        "nn.functional.layer_norm",
        rows,
        layer,
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            *SHARED,
            Error((X, (5,), FIVE.double()), RuntimeError, "float64 (mixed dtype)"),
            Error(
                (X, (5,), FIVE, FIVE[:2]), RuntimeError, "bias of shape [5], got [2]"
            ),
        ],
    ),
    Op(
        "nn.functional.rms_norm",
        scaled_rows,
        rms,
        dtypes=FLOATS,
        tolerance=2,
        errors=SHARED,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_eps_left_out_is_that_of_the_computation(dtype):
    x = rushlight.zeros(2).to(getattr(rushlight, dtype)) + 1e-4
    wide = x.double().numpy()
    eps = 2.0**-52 if dtype == "float64" else 2.0**-23
    close = {"float64": 1e-12, "float32": 1e-6}.get(dtype, 1e-2)
    found = rms_norm(x, (2,)).double().numpy()
    np.testing.assert_allclose(found, wide / np.sqrt(wide**2 + eps), rtol=close)


def test_half_rows_take_single_factors():
    found = layer_norm(X.half(), (5,), FIVE, FIVE)
    assert found.dtype is rushlight.float16
    wide = layer_norm(X.half().float(), (5,), FIVE, FIVE)
    assert found.float().allclose(wide, atol=2e-3)


def test_rows_far_from_zero_keep_their_digits():
    x = rushlight.tensor([[10000.0, 10001.0, 10002.0]])
    wanted = layer_norm(x - 10001, (3,))
    assert layer_norm(x, (3,)).allclose(wanted, atol=1e-5)


def test_equal_values_give_the_bias():
    assert layer_norm(FIVE * 3, (5,), None, FIVE).tolist() == [1] * 5


def test_only_the_wanted_gradients():
    x, weight = X.clone(), FIVE.clone().requires_grad_()
    bias = FIVE.clone()
    layer_norm(x, (5,), weight, bias).sum().backward()
    wanted = layer_norm(x, (5,)).sum(0)
    assert weight.grad.allclose(wanted, atol=1e-6)
    assert x.grad is bias.grad is None


def test_layer_norm_node_has_torchs_name():
    found = layer_norm(X.clone().requires_grad_(), (5,))
    assert found.grad_fn.name() == "NativeLayerNormBackward0"


def test_forms_of_the_main_module():
    assert rushlight.layer_norm(X, (5,), FIVE).tolist() == layer_norm(X, (5,)).tolist()
    assert rushlight.rms_norm(X, (5,)).tolist() == rms_norm(X, (5,)).tolist()
