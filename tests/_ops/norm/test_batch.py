"""batch_norm: statistics of the batch, running ones, gradients, errors."""

import numpy as np
import pytest

import rushlight
from rushlight.nn.functional import batch_norm
from tests.battery import FLOATS, Error, Op, battery, check_gradient, maker

NAME = "nn.functional.batch_norm"


def by_channel(values, x):
    return values.reshape(1, -1, *[1] * (x.ndim - 2))


def reference(x, mean, var, w=None, b=None, training=False, momentum=0.1, eps=1e-5):
    axes = (0, *range(2, x.ndim))
    if training:
        mean, var = x.mean(axes), x.var(axes)
    found = (x - by_channel(mean, x)) / np.sqrt(by_channel(var, x) + eps)
    if w is not None:
        found = found * by_channel(w, x)
    return found if b is None else found + by_channel(b, x)


def of_batches(make):
    train = {"training": True}
    return [
        (make(5, 3), None, None, train),
        (make(5, 3), None, None, make(3), make(3), train),
        (make(4, 3, 5), None, None, make(3), None, train),
        (make(2, 3, 4, 5), None, None, None, make(3), train),
        (make(2, 3, 2, 2, 2), None, None, make(3), make(3), {**train, "eps": 0.1}),
        (make(1, 2, 3), None, None, train),
    ]


def in_evaluation(make):
    known = make(3), make(3, low=0.5)
    return [
        (make(5, 3), *known),
        (make(5, 3), *known, make(3), make(3)),
        (make(1, 3), *known, make(3)),
        (make(2, 3, 4), *known, None, make(3), {"eps": 0.1}),
        (make(2, 3, 2, 2), *known, make(3), make(3)),
        (make(0, 3), *known),
        (make(2, 3, 0), *known),
    ]


X, THREE = maker("float32")(4, 3), rushlight.ones(3)
TRAIN = {"training": True}
OPS = [
    Op(
        NAME,
        of_batches,
        reference,
        dtypes=FLOATS,
        tolerance=3,
        id="training",
        errors=[
            Error((X[:1], None, None), ValueError, "more than 1 value per chan", TRAIN),
            Error(
                (X[0], None, None), IndexError, "at least 2 dimensions, got 1D", TRAIN
            ),
            Error((X.long(), None, None), RuntimeError, "for 'Long'", TRAIN),
            Error(
                (X, None, None, THREE[:2]), RuntimeError, "weight of shape [3]", TRAIN
            ),
            Error(
                (X, None, None, None, THREE.double()),
                RuntimeError,
                "mixed dtype",
                TRAIN,
            ),
            Error((1.0, None, None), TypeError, "to be a Tensor", TRAIN),
        ],
    ),
    Op(
        NAME,
        in_evaluation,
        reference,
        dtypes=FLOATS,
        grad=0,
        tolerance=3,
        id="evaluation",
        errors=[
            Error((X, None, None), RuntimeError, "running_mean in evaluation mode"),
            Error((X, THREE, None), RuntimeError, "running_var in evaluation mode"),
            Error((X, THREE[:2], THREE), RuntimeError, "of 3 elements, got 2"),
            Error((X, THREE, THREE.double()), RuntimeError, "mixed dtype"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("case", range(7))
def test_gradients_in_evaluation(case):
    args = in_evaluation(maker("float64"))[case]
    keywords = args[-1] if isinstance(args[-1], dict) else {}
    x, mean, var, *factors = [a for a in args if not isinstance(a, dict)]

    def known(x, *factors):
        return batch_norm(x, mean, var, *factors, **keywords)

    check_gradient(known, (x, *factors), "float64", 2, np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(6, 3), (4, 3, 5), (2, 3, 2, 2)])
@pytest.mark.parametrize("momentum", [0.1, 0.75, 1.0, 0.0])
def test_running_statistics_follow_the_batch(shape, momentum):
    make = maker("float64")
    x, mean, var = make(*shape), make(3), make(3, low=0.5)
    axes = (0, *range(2, len(shape)))
    wanted = [
        (1 - momentum) * old.numpy() + momentum * new
        for old, new in (
            (mean, x.numpy().mean(axes)),
            (var, x.numpy().var(axes, ddof=1)),
        )
    ]
    versions = mean._version, var._version
    batch_norm(x, mean, var, training=True, momentum=momentum)
    np.testing.assert_allclose(mean.numpy(), wanted[0], atol=1e-12)
    np.testing.assert_allclose(var.numpy(), wanted[1], atol=1e-12)
    assert mean._version > versions[0]
    assert var._version > versions[1]


def test_running_statistics_do_not_change_what_training_gives():
    x = maker("float32")(4, 3)
    alone = batch_norm(x, None, None, training=True)
    beside = batch_norm(x, rushlight.full((3,), 7.0), THREE * 5, training=True)
    assert beside.tolist() == alone.tolist()


def test_running_statistics_may_come_alone():
    mean = rushlight.zeros(3)
    batch_norm(X, mean, None, training=True, momentum=1.0)
    assert mean.allclose(X.mean(0))


def test_evaluation_leaves_the_running_statistics():
    mean, var = rushlight.zeros(3), rushlight.ones(3)
    batch_norm(X, mean, var, training=False, momentum=1.0)
    assert (mean.tolist(), var.tolist()) == ([0, 0, 0], [1, 1, 1])


def test_half_input_takes_single_statistics():
    x = X.half()
    found = batch_norm(x, rushlight.zeros(3), THREE + 1, THREE, training=True)
    assert found.dtype is rushlight.float16
    assert found.float().mean(0).abs().max() < 1e-3


def test_backward_after_the_running_statistics_changed():
    x = maker("float64")(5, 3).requires_grad_()
    mean, var = rushlight.zeros(3).double(), rushlight.ones(3).double()
    batch_norm(x, mean, var, training=True).square().sum().backward()
    # The sum of squares of normalised values hardly depends on x.
    assert x.grad.abs().max() < 1e-3


def test_a_channel_of_equal_values_gives_the_bias():
    found = batch_norm(THREE.expand(4, 3), None, None, None, THREE, training=True)
    assert found.tolist() == [[1, 1, 1]] * 4


def test_large_arrays_are_shared_among_threads():
    x = maker("float32")(8, 64, 40, 40)
    found = batch_norm(x, None, None, training=True).numpy().astype(np.float64)
    assert abs(found.mean((0, 2, 3))).max() < 1e-5
    np.testing.assert_allclose(found.var((0, 2, 3)), 1, atol=1e-4)


def test_empty_batch():
    assert batch_norm(X[:0], None, None, training=True).shape == (0, 3)


def test_node_has_torchs_name():
    x = X.clone().requires_grad_()
    found = batch_norm(x, None, None, training=True)
    assert found.grad_fn.name() == "NativeBatchNormBackward0"


def test_the_other_order_of_arguments():
    mean, var = rushlight.zeros(3), rushlight.ones(3)
    other = rushlight.batch_norm(X, THREE, THREE, mean, var, False, 0.1, 1e-5)
    assert other.tolist() == batch_norm(X, mean, var, THREE, THREE).tolist()


def test_momentum_none_averages_all_batches():
    layer = rushlight.nn.BatchNorm1d(3, momentum=None)
    layer(X)
    layer(X + 2)
    assert layer.running_mean.allclose(X.mean(0) + 1)
    assert layer.running_var.allclose(X.var(0))
