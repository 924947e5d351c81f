"""Ranking losses: of cosines, of pairs, of distances, of triplets."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery, maker

REDUCTIONS = ("mean", "sum", "none")
HALVES = ("float64", "float32", "bfloat16")


def reduced(loss, reduction):
    return {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](loss)


def cosine(x, y, target, margin=0, *, reduction="mean"):
    lengths = np.linalg.norm(x, axis=-1) * np.linalg.norm(y, axis=-1)
    cos = (x * y).sum(-1) / lengths
    return reduced(
        np.where(target == 1, 1 - cos, np.maximum(cos - margin, 0)), reduction
    )


def ranking(x, y, target, margin=0, *, reduction="mean"):
    return reduced(np.maximum(-target * (x - y) + margin, 0), reduction)


def hinge(x, target, margin=1.0, *, reduction="mean"):
    return reduced(np.where(target == 1, x, np.maximum(margin - x, 0)), reduction)


def triplet(
    anchor,
    positive,
    negative,
    *,
    margin=1.0,
    p=2,
    eps=1e-6,
    swap=False,
    reduction="mean",
):
    def distance(x, y):
        return np.linalg.norm(x - y + eps, p, axis=-1)

    far = distance(anchor, negative)
    if swap:
        far = np.minimum(far, distance(positive, negative))
    return reduced(np.maximum(distance(anchor, positive) - far + margin, 0), reduction)


def signs(make, *shape):
    return make(*shape, low=0, high=1, dtype="int64") * 2 - 1


def pairs(make):
    found = [
        (make(5, 3), make(5, 3), signs(make, 5), {"reduction": r}) for r in REDUCTIONS
    ]
    return [
        *found,
        (make(5, 3), make(5, 3), signs(make, 5), 0.2),
        (make(3), make(3), signs(make)),
    ]


def ranked(make):
    found = [(make(5), make(5), signs(make, 5), {"reduction": r}) for r in REDUCTIONS]
    return [
        *found,
        (make(2, 3), make(2, 3), signs(make, 2, 3), 0.5),
        (make(2, 1), make(1, 3), signs(make, 2, 3), {"reduction": "none"}),
        (make(), make(), signs(make)),
    ]


def distances(make):
    found = [(make(2, 3), signs(make, 2, 3), {"reduction": r}) for r in REDUCTIONS]
    return [*found, (make(5), signs(make, 5), 0.3), (make(), signs(make))]


def triplets(make):
    def three(*shape):
        return make(*shape), make(*shape), make(*shape)

    found = [(*three(5, 3), {"reduction": r}) for r in REDUCTIONS]
    return [
        *found,
        (*three(5, 3), {"swap": True, "reduction": "none"}),
        (*three(5, 3), {"p": 1, "margin": 0.3}),
        (*three(5, 3), {"p": 3, "eps": 0.01, "margin": 2}),
        (*three(3), {"margin": 3.0}),
    ]


def with_distance(make):
    return [case for case in triplets(make) if not {"p", "eps"} & set(case[-1])]


ROWS, ROW = rushlight.ones(2, 3), rushlight.ones(3)
SIGN = rushlight.tensor([1, -1])
OPS = [
    Op(
        "nn.functional.cosine_embedding_loss",
        pairs,
        cosine,
        dtypes=HALVES,
        errors=[
            Error((ROWS, ROWS, ROWS), RuntimeError, "1D target with 2D inputs"),
            Error((ROWS, ROW, SIGN), RuntimeError, "target [2], inputs [2, 3] and [3]"),
            Error((ROWS, ROWS, 1), TypeError, "'target' to be a Tensor"),
            Error((ROWS, ROWS, SIGN), ValueError, "'x'", {"reduction": "x"}),
        ],
    ),
    Op(
        "nn.functional.margin_ranking_loss",
        ranked,
        ranking,
        dtypes=HALVES,
        errors=[
            Error((ROWS, ROWS, SIGN), RuntimeError, "[2, 3], [2, 3] and [2]"),
            Error((ROW, ROW, ROW), ValueError, "'x'", {"reduction": "x"}),
        ],
    ),
    Op(
        "nn.functional.hinge_embedding_loss",
        distances,
        hinge,
        dtypes=HALVES,
        errors=[
            Error((ROW, 1), TypeError, "'target' to be a Tensor"),
            Error((ROW, ROW), ValueError, "'x'", {"reduction": "x"}),
        ],
    ),
    Op(
        "nn.functional.triplet_margin_loss",
        triplets,
        triplet,
        dtypes=HALVES,
        errors=[
            Error((ROW, ROW, ROW), ValueError, "margin greater than 0", {"margin": 0}),
            Error((ROWS, ROWS, ROW), RuntimeError, "got 2D, 2D and 1D"),
            Error((ROW, ROW, 1), TypeError, "'negative' to be a Tensor"),
            Error((ROW, ROW, ROW), ValueError, "'x'", {"reduction": "x"}),
        ],
    ),
    Op(
        "nn.functional.triplet_margin_with_distance_loss",
        with_distance,
        triplet,
        errors=[
            Error((ROW, ROW, ROW), ValueError, "greater than 0", {"margin": -1}),
            Error((ROWS, ROW, ROW), RuntimeError, "got 2D, 1D and 1D"),
        ],
    ),
]
globals().update(battery(OPS))


def test_a_distance_of_ones_own():
    make = maker("float64")
    a, p, n = make(4, 3), make(4, 3), make(4, 3)

    def steps(x, y):
        return (x - y).abs().sum(-1)

    loss = F.triplet_margin_with_distance_loss(a, p, n, distance_function=steps)
    assert loss.allclose(F.triplet_margin_loss(a, p, n, p=1, eps=0))


def test_targets_other_than_the_two_signs():
    zero = rushlight.zeros(1, dtype=rushlight.int64)
    x, y = rushlight.ones(1, 2), rushlight.ones(1, 2)
    assert F.cosine_embedding_loss(x, y, zero) == 0
    # Neither alike nor different: both terms count.
    assert F.hinge_embedding_loss(rushlight.tensor([0.25]), zero) == 1


def test_cosine_of_a_vector_without_length():
    x = rushlight.zeros(1, 2, requires_grad=True)
    loss = F.cosine_embedding_loss(x, rushlight.ones(1, 2), rushlight.tensor([1]))
    assert loss == 1
    loss.backward()
    assert x.grad.isfinite().all()


def test_triplet_sizes_must_broadcast():
    with pytest.raises(RuntimeError):
        F.triplet_margin_loss(ROWS, rushlight.ones(2, 4), ROWS)
