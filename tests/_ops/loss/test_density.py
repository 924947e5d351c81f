"""kl_div, poisson_nll_loss, gaussian_nll_loss."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery

REDUCTIONS = ("mean", "sum", "none")


def reduced(loss, reduction):
    return {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](loss)


def divergence(x, y, *, reduction, log_target=False):
    p, logs = (np.exp(y), y) if log_target else (y, np.log(y))
    loss = p * (logs - x)
    if reduction == "batchmean":
        return loss.sum() / len(loss)
    return reduced(loss, reduction)


def poisson(x, y, log_input=True, full=False, *, eps=1e-8, reduction="mean"):
    loss = np.exp(x) - y * x if log_input else x - y * np.log(x + eps)
    if full:
        stirling = y * np.log(y) - y + np.log(2 * np.pi * y) / 2
        loss = loss + np.where(y > 1, stirling, 0)
    return reduced(loss, reduction)


def gaussian(x, y, var, *, full=False, eps=1e-6, reduction="mean"):
    var = np.asarray(var, float)
    if var.ndim == x.ndim - 1 and var.ndim:
        var = var[..., None]
    var = np.maximum(var, eps)
    loss = (np.log(var) + (x - y) ** 2 / var) / 2
    return reduced(loss + full * np.log(2 * np.pi) / 2, reduction)


def distributions(make):
    def case(**keywords):
        return make(3, 4), make(3, 4, low=0.1, high=0.9), keywords

    return [
        case(reduction="batchmean"),
        case(reduction="sum"),
        case(reduction="none"),
        case(reduction="batchmean", log_target=True),
        case(reduction="none", log_target=True),
    ]


def counts(make):
    found = [
        (make(3, 4), make(3, 4, low=1.5, high=4), {"reduction": r}) for r in REDUCTIONS
    ]
    rates = make(3, 4, low=0.5), make(3, 4, low=0.1, high=4)
    return [
        *found,
        (*rates, False),
        (*rates, True, True),
        (*rates, False, True, {"eps": 0.1, "reduction": "none"}),
        (make(), make(low=2, high=4)),
    ]


def normals(make):
    def pair():
        return make(3, 4), make(3, 4)

    found = [(*pair(), make(3, 4, low=0.5), {"reduction": r}) for r in REDUCTIONS]
    return [
        *found,
        (*pair(), make(3, low=0.5)),
        (*pair(), make(3, 1, low=0.5), {"full": True}),
        (*pair(), 0.5, {"reduction": "none"}),
    ]


ONES = rushlight.ones(2, 3)
SPELLING = Error((ONES, ONES), ValueError, "'all'", {"reduction": "all"})
OPS = [
    Op(
        "nn.functional.kl_div",
        distributions,
        divergence,
        dtypes=FLOATS,
        tolerance=4,
        errors=[
            SPELLING,
            Error((1.0, ONES), TypeError, "'input' to be a Tensor"),
            Error((ONES, ONES.long()), RuntimeError, "'Long'", {"reduction": "sum"}),
        ],
    ),
    Op(
        "nn.functional.poisson_nll_loss",
        counts,
        poisson,
        dtypes=FLOATS,
        tolerance=4,
        errors=[SPELLING, Error((ONES, 2), TypeError, "'target' to be a Tensor")],
    ),
    Op(
        "nn.functional.gaussian_nll_loss",
        normals,
        gaussian,
        meta=False,
        errors=[
            Error((ONES, ONES, -ONES), ValueError, "a negative entry"),
            Error((ONES, ONES, -1.0), ValueError, "a negative entry"),
            Error((ONES, ONES, ONES[:, :2]), ValueError, "got [2, 2]"),
            Error((ONES, ONES, ONES), ValueError, "'all'", {"reduction": "all"}),
        ],
    ),
]
globals().update(battery(OPS))


def test_mean_of_kl_div_warns():
    x = rushlight.zeros(2, 2)
    with pytest.warns(UserWarning, match="batchmean"):
        assert F.kl_div(x, rushlight.ones(2, 2)) == 0


def test_impossible_targets_cost_nothing():
    x, y = rushlight.tensor([-1.0, -2.0]), rushlight.tensor([0.0, 1.0])
    assert F.kl_div(x, y, reduction="none").tolist() == [0, 2]
    x = rushlight.tensor([-1.0, -2.0], requires_grad=True)
    F.kl_div(x, y, reduction="sum").backward()
    assert x.grad.tolist() == [0, -1]


def test_counts_may_be_integers():
    x = rushlight.tensor([0.0, 1.0])
    whole = F.poisson_nll_loss(x, rushlight.tensor([3, 0]), full=True)
    assert whole == F.poisson_nll_loss(x, rushlight.tensor([3.0, 0.0]), full=True)


def test_small_variances_are_raised_and_keep_their_gradient():
    x, y = rushlight.tensor([1.0]), rushlight.tensor([1.0])
    var = rushlight.tensor([0.01], requires_grad=True)
    loss = F.gaussian_nll_loss(x, y, var, eps=0.5)
    assert loss.item() == pytest.approx(np.log(0.5) / 2)
    loss.backward()
    assert var.grad.item() == pytest.approx(1)
    assert var.item() == pytest.approx(0.01)
