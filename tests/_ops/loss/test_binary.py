"""binary_cross_entropy, with logits too; soft_margin_loss and its multilabel form."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import FLOATS, Error, Op, battery, check_gradient, maker

REDUCTIONS = ("mean", "sum", "none")


def reduced(loss, reduction):
    return {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](loss)


def entropy(x, y, weight=1.0, *, reduction="mean"):
    return reduced(-weight * (y * np.log(x) + (1 - y) * np.log1p(-x)), reduction)


def logits(x, y, weight=1.0, *, reduction="mean", pos_weight=1.0):
    p = 1 / (1 + np.exp(-x))
    loss = -weight * (pos_weight * y * np.log(p) + (1 - y) * np.log(1 - p))
    return reduced(loss, reduction)


def soft_margin(x, y, *, reduction="mean"):
    return reduced(np.log1p(np.exp(-x * y)), reduction)


def multilabel(x, y, weight=1.0, *, reduction="mean"):
    return reduced(logits(x, y, weight, reduction="none").mean(-1), reduction)


def share(make, *shape):
    return make(*shape, low=0.1, high=0.9)


def of_probabilities(make):
    found = [
        (share(make, 3, 4), share(make, 3, 4), {"reduction": r}) for r in REDUCTIONS
    ]
    return [
        *found,
        (share(make), share(make)),
        (make(0), make(0), {"reduction": "sum"}),
    ]


def of_scores(make):
    found = [(make(3, 4), share(make, 3, 4), {"reduction": r}) for r in REDUCTIONS]
    return [*found, (make(), share(make)), (make(0), make(0), {"reduction": "sum"})]


def rows_of_scores(make):
    found = [(make(3, 4), share(make, 3, 4), {"reduction": r}) for r in REDUCTIONS]
    return [*found, (make(4), share(make, 4))]


def weighted(first):
    def samples(make):
        found = [
            (first(make, 3, 4), share(make, 3, 4), make(3, 4, low=0), {"reduction": r})
            for r in REDUCTIONS
        ]
        return [*found, (first(make, 3, 4), share(make, 3, 4), make(4, low=0))]

    return samples


def with_positives(make):
    return [
        (make(3, 4), share(make, 3, 4), {"pos_weight": make(4, low=0.5, high=3)}),
        (
            make(3, 4),
            share(make, 3, 4),
            make(3, 1, low=0.5),
            {"pos_weight": make(3, 4, low=0.5), "reduction": "none"},
        ),
    ]


def signs(make):
    found = [(make(3, 4), make(3, 4), {"reduction": r}) for r in REDUCTIONS]
    return [*found, (make(3, 4), make(3, 1)), (make(), make())]


HALF, WHOLE = rushlight.full((2, 3), 0.5), rushlight.ones(2, 3).long()
SIZES = Error((HALF, HALF[0]), ValueError, "target of the input's size [2, 3], got [3]")
SPELLING = Error((HALF, HALF), ValueError, "'all'", {"reduction": "all"})
LEARNT = Error(
    (HALF, HALF, rushlight.ones(3, requires_grad=True)),
    RuntimeError,
    "not differentiable with respect to 'weight'",
)
TOO_WIDE = Error(
    (HALF, HALF, rushlight.ones(4, 2, 3)), RuntimeError, "the broadcast shape of [4, 2"
)
OPS = [
    Op(
        "nn.functional.binary_cross_entropy",
        of_probabilities,
        entropy,
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            SIZES,
            SPELLING,
            LEARNT,
            TOO_WIDE,
            Error((HALF * 3, HALF), RuntimeError, "elements of input to be between 0"),
            Error((HALF, HALF - 1), RuntimeError, "elements of target to be between 0"),
            Error((HALF, HALF.double()), RuntimeError, "Found dtype float64"),
            Error((WHOLE, WHOLE), RuntimeError, "not implemented for 'Long'"),
        ],
    ),
    Op(
        "nn.functional.binary_cross_entropy",
        weighted(share),
        entropy,
        grad=0,
        id="binary_cross_entropy weighted",
    ),
    Op(
        "nn.functional.binary_cross_entropy_with_logits",
        of_scores,
        logits,
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            SIZES,
            SPELLING,
            LEARNT,
            TOO_WIDE,
            Error((HALF, WHOLE), RuntimeError, "'Long'"),
            Error((1.0, HALF), TypeError, "'input' to be a Tensor"),
        ],
    ),
    Op(
        "nn.functional.binary_cross_entropy_with_logits",
        weighted(lambda make, *shape: make(*shape)),
        logits,
        grad=0,
        id="binary_cross_entropy_with_logits weighted",
    ),
    Op(
        "nn.functional.binary_cross_entropy_with_logits",
        with_positives,
        logits,
        dtypes=FLOATS,
        grad=0,
        tolerance=2,
        id="pos_weight",
    ),
    Op(
        "nn.functional.soft_margin_loss",
        signs,
        soft_margin,
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            SPELLING,
            Error((WHOLE, WHOLE), RuntimeError, "not implemented for 'Long'"),
            Error((HALF, HALF[:, :2]), RuntimeError, ""),
        ],
    ),
    Op(
        "nn.functional.multilabel_soft_margin_loss",
        rows_of_scores,
        multilabel,
        dtypes=FLOATS,
        tolerance=2,
        errors=[SPELLING, Error((HALF, 1), TypeError, "'target' to be a Tensor")],
    ),
    Op(
        "nn.functional.multilabel_soft_margin_loss",
        weighted(lambda make, *shape: make(*shape)),
        multilabel,
        id="multilabel_soft_margin_loss weighted",
    ),
]
globals().update(battery(OPS))

FACTORED = [
    (F.binary_cross_entropy, args) for args in weighted(share)(maker("float64"))
]
FACTORED += [
    (F.binary_cross_entropy_with_logits, args)
    for args in with_positives(maker("float64"))
]


@pytest.mark.parametrize("loss, args", FACTORED)
def test_gradients_beside_constant_factors(loss, args):
    x, y, *weight = [a for a in args if not isinstance(a, dict)]
    keywords = args[-1] if isinstance(args[-1], dict) else {}

    def weighed(x, y):
        return loss(x, y, *weight, **keywords)

    check_gradient(weighed, (x, y), "float64", 2, np.random.default_rng(0))


def test_logarithm_is_clamped_at_minus_100():
    x, y = rushlight.tensor([0.0, 1.0, 1.0]), rushlight.tensor([1.0, 1.0, 0.0])
    loss = F.binary_cross_entropy(x, y, reduction="none")
    assert loss.tolist() == [100, 0, 100]


def test_gradient_at_certainty_is_finite():
    x = rushlight.tensor([0.0, 1.0], requires_grad=True)
    F.binary_cross_entropy(x, rushlight.tensor([1.0, 1.0])).backward()
    assert x.grad.tolist() == [pytest.approx(-5e11), 0]


def test_large_scores_stay_exact():
    x, y = rushlight.tensor([-200.0, 300.0]), rushlight.tensor([1.0, 0.0])
    x.requires_grad_()
    loss = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    assert loss.tolist() == [200, 300]
    loss.sum().backward()
    assert x.grad.tolist() == [-1, 1]


def test_soft_margin_overflows_as_in_its_formula():
    x = rushlight.tensor([-200.0])
    assert F.soft_margin_loss(x, rushlight.ones(1)) == float("inf")
    assert F.soft_margin_loss(-x, rushlight.ones(1)) == 0


def test_soft_margin_broadcasts_the_target_only():
    x = rushlight.ones(5, 3)
    for shape in ((3,), (5, 1), ()):
        found = F.soft_margin_loss(x, rushlight.ones(shape), reduction="none")
        assert found.shape == (5, 3)
    for shape in ((5, 1), (5,)), ((5,), (5, 1)), ((3,), (5, 3)):
        with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
            F.soft_margin_loss(rushlight.ones(shape[0]), rushlight.ones(shape[1]))
