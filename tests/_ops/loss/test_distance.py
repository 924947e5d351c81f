"""mse_loss, l1_loss, smooth_l1_loss, huber_loss."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery


def reduced(loss, reduction, divide_by=None):
    if reduction == "none":
        return loss
    divide_by = loss.size if divide_by is None else divide_by
    return loss.sum() / (divide_by if reduction == "mean" else 1)


def of(function, by_weight=True):
    """A reference from the loss of each difference."""

    def reference(x, y, reduction="mean", weight=None, **bend):
        loss = function(np.abs(x - y), **bend)
        if weight is None:
            return reduced(loss, reduction)
        return reduced(
            loss * weight, reduction, weight.sum() if by_weight else loss.size
        )

    return reference


def smooth(d, beta=1.0):
    if beta == 0:
        return d
    return np.where(d < beta, d * d / (2 * beta), d - beta / 2)


def huber(d, delta=1.0):
    return np.where(d <= delta, d * d / 2, delta * (d - delta / 2))


def samples(*bends):
    def make_all(make):
        found = [
            (make(3, 4), make(3, 4), {"reduction": reduction})
            for reduction in ("mean", "sum", "none")
        ]
        found += [(make(3, 4), make(3, 4), bend) for bend in bends]
        return [
            *found,
            (make(), make()),
            (make(0, 2), make(0, 2), {"reduction": "sum"}),
        ]

    return make_all


def weighted(make):
    return [
        (make(3, 4), make(3, 4), {"weight": make(3, 4, low=0.5), "reduction": r})
        for r in ("mean", "sum", "none")
    ]


ONES = rushlight.ones(2, 3)
WHOLE = Error((ONES.long(), ONES.long()), RuntimeError, "not implemented for 'Long'")
MISSPELT = Error((ONES, ONES), ValueError, "'average'", {"reduction": "average"})
NO_TENSOR = Error((1.0, ONES), TypeError, "'input' to be a Tensor")
BAD_WEIGHT = Error(
    (ONES, ONES), ValueError, "size [2, 3], got [3]", {"weight": rushlight.ones(3)}
)
OPS = [
    Op(
        "nn.functional.mse_loss",
        samples(),
        of(np.square),
        dtypes=FLOATS,
        tolerance=2,
        errors=[WHOLE, MISSPELT, NO_TENSOR, BAD_WEIGHT],
    ),
    Op(
        "nn.functional.l1_loss",
        samples(),
        of(lambda d: d),
        dtypes=FLOATS,
        errors=[MISSPELT, NO_TENSOR, BAD_WEIGHT],
    ),
    Op(
        "nn.functional.smooth_l1_loss",
        samples({"beta": 0.5}, {"beta": 0}, {"beta": 3.0, "reduction": "none"}),
        of(smooth),
        dtypes=FLOATS,
        errors=[
            WHOLE,
            MISSPELT,
            Error((ONES, ONES), RuntimeError, "beta >= 0, got -1", {"beta": -1}),
        ],
    ),
    Op(
        "nn.functional.huber_loss",
        samples({"delta": 0.5}, {"delta": 3.0, "reduction": "none"}),
        of(huber),
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            WHOLE,
            BAD_WEIGHT,
            Error((ONES, ONES), RuntimeError, "delta > 0, got 0", {"delta": 0}),
        ],
    ),
    Op(
        "nn.functional.mse_loss",
        weighted,
        of(np.square),
        id="mse_loss weighted",
        tolerance=5,
    ),
    Op("nn.functional.l1_loss", weighted, of(lambda d: d), id="l1_loss weighted"),
    Op(
        "nn.functional.huber_loss",
        weighted,
        of(huber, by_weight=False),
        id="huber_loss weighted",
    ),
]
globals().update(battery(OPS))

FOUR = pytest.mark.parametrize(
    "loss", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss]
)


@FOUR
def test_other_sizes_warn_and_broadcast(loss):
    x = rushlight.tensor([[1.0], [3.0]]).requires_grad_()
    with pytest.warns(UserWarning, match=r"target's size \[2\].*input's size \[2, 1\]"):
        found = loss(x, rushlight.tensor([1.0, 3.0]), reduction="none")
    assert found.shape == (2, 2)
    found.sum().backward()
    assert x.grad.shape == (2, 1)


@FOUR
def test_sizes_that_do_not_broadcast(loss):
    with pytest.warns(UserWarning), pytest.raises(RuntimeError):
        loss(rushlight.ones(2), rushlight.ones(3))


@FOUR
def test_dtypes_meet_in_the_wider(loss):
    found = loss(rushlight.ones(2), rushlight.zeros(2, dtype=rushlight.float64))
    assert found.dtype is rushlight.float64


@FOUR
def test_mean_of_nothing_is_nan(loss):
    with np.errstate(invalid="ignore"):
        assert loss(rushlight.ones(0), rushlight.ones(0)).isnan()


def test_sums_of_half_precision_are_kept_in_single():
    x = rushlight.full((70000,), 0.5, dtype=rushlight.float16)
    assert F.mse_loss(x, rushlight.zeros_like(x)) == 0.25


def test_l1_gradient_at_zero_is_zero():
    x = rushlight.zeros(2, requires_grad=True)
    F.l1_loss(x, rushlight.zeros(2)).backward()
    assert x.grad.tolist() == [0, 0]
