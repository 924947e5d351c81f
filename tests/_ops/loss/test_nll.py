"""nll_loss: reductions, weights, ignored targets, sizes, errors."""

import numpy as np
import pytest

import rushlight
from rushlight.nn.functional import nll_loss
from tests.battery import FLOATS, Error, Op, battery, check_gradient, maker

NAME = "nn.functional.nll_loss"


def reference(x, target, weight=None, *, ignore_index=-100, reduction="mean"):
    axis = 0 if x.ndim == 1 else 1
    weight = np.ones(x.shape[axis]) if weight is None else weight
    gone = target == ignore_index
    safe = np.where(gone, 0, target)
    row_weights = np.where(gone, 0, weight[safe])
    if x.ndim == 1:
        own = x[safe]
    else:
        own = np.take_along_axis(x, safe[:, None], 1)[:, 0]
    loss = -own * row_weights
    if reduction == "none":
        return loss
    return loss.sum() / (row_weights.sum() if reduction == "mean" else 1)


def classes(make, *shape, high=4):
    return make(*shape, low=0, high=high, dtype="int64")


def plain(make):
    return [
        (make(6, 5), classes(make, 6)),
        (make(5), classes(make)),
        (make(6, 5), classes(make, 6), {"reduction": "none"}),
        (make(6, 5), classes(make, 6), {"reduction": "sum", "ignore_index": 2}),
        (make(2, 5, 3), classes(make, 2, 3)),
        (make(2, 3, 2, 2), classes(make, 2, 2, 2, high=2), {"reduction": "none"}),
        (make(2, 3, 2, 2), classes(make, 2, 2, 2, high=2), {"ignore_index": 1}),
        (make(0, 5), classes(make, 0), {"reduction": "none"}),
    ]


def weighted(make):
    weight = make(5, low=0.5)
    return [
        (make(6, 5), classes(make, 6), weight),
        (make(6, 5), classes(make, 6), weight, {"reduction": "none"}),
        (make(2, 5, 3), classes(make, 2, 3), weight, {"ignore_index": 1}),
        (make(2, 5, 3), classes(make, 2, 3), weight, {"reduction": "sum"}),
    ]


LOGS = maker("float32")(2, 3)
RIGHT = rushlight.tensor([0, 1])
OPS = [
    Op(
        NAME,
        plain,
        reference,
        dtypes=FLOATS,
        errors=[
            Error((LOGS, 1), TypeError, "'target' to be a Tensor"),
            Error((LOGS, rushlight.tensor([0, 3])), IndexError, "Target 3 is out of"),
            Error((LOGS, rushlight.tensor([[0, 1]])), ValueError, "batch_size (2)"),
            Error((LOGS, RIGHT.short()), RuntimeError, "got int16"),
            Error((LOGS.sum(), RIGHT), ValueError, "1 or more dimensions"),
            Error((LOGS.long(), RIGHT), RuntimeError, "not implemented for 'Long'"),
            Error((LOGS, RIGHT), ValueError, "valid value", {"reduction": "all"}),
        ],
    ),
    Op(
        NAME,
        weighted,
        reference,
        dtypes=FLOATS,
        grad=0,
        id="weighted",
        errors=[
            Error((LOGS, RIGHT, rushlight.ones(2)), RuntimeError, "3 classes"),
            Error(
                (LOGS, RIGHT, rushlight.ones(3, requires_grad=True)),
                RuntimeError,
                "nll_loss(): expected argument 'weight' to be a constant",
            ),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("case", range(4))
def test_gradients_with_weights(case):
    x, target, weight, keywords = (*weighted(maker("float64"))[case], {})[:4]

    def loss(x):
        return nll_loss(x, target, weight, **keywords)

    check_gradient(loss, (x,), "float64", 2, np.random.default_rng(0))


def test_is_cross_entropy_after_log_softmax():
    x = maker("float64")(3, 4, 2)
    target = rushlight.tensor([[0, 3], [1, 2], [2, 2]])
    both = rushlight.nn.functional.cross_entropy(x, target)
    assert nll_loss(x.log_softmax(1), target).allclose(both)


def test_all_ignored():
    ignored = rushlight.tensor([-100, -100])
    assert nll_loss(LOGS, ignored).isnan()
    assert nll_loss(LOGS, ignored, reduction="none").tolist() == [0, 0]
