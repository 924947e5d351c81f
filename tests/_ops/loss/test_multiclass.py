"""multi_margin_loss and multilabel_margin_loss."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery, maker

REDUCTIONS = ("mean", "sum", "none")


def reduced(loss, reduction):
    return {"mean": np.mean, "sum": np.sum, "none": np.asarray}[reduction](loss)


def multi_margin(x, target, p=1, margin=1.0, weight=None, *, reduction="mean"):
    rows = np.atleast_2d(x)
    losses = []
    for row, right in zip(rows, np.atleast_1d(target), strict=True):
        gaps = np.maximum(margin - row[right] + np.delete(row, right), 0) ** p
        factor = 1 if weight is None else weight[right]
        losses.append(gaps.sum() * factor / len(row))
    shape = rows.shape[:1] if x.ndim == 2 else target.shape
    return reduced(np.reshape(losses, shape), reduction)


def multilabel_margin(x, target, *, reduction="mean"):
    losses = []
    for row, named in zip(np.atleast_2d(x), np.atleast_2d(target), strict=True):
        right = named[: list(named).index(-1)] if -1 in named else named
        wrong = np.setdiff1d(np.arange(len(row)), right)
        gaps = [max(0, 1 - row[r] + row[w]) for r in right for w in wrong]
        losses.append(sum(gaps) / len(row))
    return reduced(np.reshape(losses, x.shape[:-1]), reduction)


def classes(make, *shape):
    return make(*shape, low=0, high=3, dtype="int64")


def numbered(make):
    found = [(make(5, 4), classes(make, 5), {"reduction": r}) for r in REDUCTIONS]
    return [
        *found,
        (make(5, 4), classes(make, 5), 2),
        (make(5, 4), classes(make, 5), 2, 0.3, make(4, low=0)),
        (make(5, 4), classes(make, 5), 1, 2.0, make(4, low=0), {"reduction": "none"}),
        (make(4), classes(make)),
        (make(4), classes(make, 1), {"reduction": "none"}),
    ]


NAMED = rushlight.tensor([[0, 2, -1, 1], [3, -1, -1, -1], [-1, 0, 1, 2], [3, 1, 0, 2]])


def named(make):
    found = [(make(4, 4), NAMED, {"reduction": r}) for r in REDUCTIONS]
    return [*found, (make(4), NAMED[0]), (make(4), NAMED[1], {"reduction": "none"})]


SCORES, RIGHT = maker("float32")(2, 3), rushlight.tensor([0, 2])
OPS = [
    Op(
        "nn.functional.multi_margin_loss",
        numbered,
        multi_margin,
        grad=0,
        errors=[
            Error((SCORES, rushlight.tensor([0, 3])), RuntimeError, "out of range"),
            Error((SCORES, rushlight.tensor([0, -1])), RuntimeError, "from 0 to 2"),
            Error((SCORES, RIGHT[:1]), RuntimeError, "a target of size [2], got [1]"),
            Error((SCORES, RIGHT.int()), RuntimeError, "dtype int64, got int32"),
            Error((SCORES, RIGHT, 3), ValueError, "p to be 1 or 2, got 3"),
            Error((SCORES[None], RIGHT), RuntimeError, "got [1, 2, 3]"),
            Error(
                (SCORES, RIGHT), RuntimeError, "got [2]", {"weight": rushlight.ones(2)}
            ),
            Error((SCORES, RIGHT), ValueError, "'x'", {"reduction": "x"}),
            Error((SCORES.long(), RIGHT), RuntimeError, "'Long'"),
        ],
    ),
    Op(
        "nn.functional.multilabel_margin_loss",
        named,
        multilabel_margin,
        grad=0,
        errors=[
            Error((SCORES, RIGHT), RuntimeError, "size [2, 3], got [2]"),
            Error(
                (SCORES, SCORES.long() * 0 + 3),
                RuntimeError,
                "class numbers from 0 to 2",
            ),
            Error((SCORES, SCORES.long() * 0 - 2), RuntimeError, "out of range"),
            Error((SCORES, SCORES), RuntimeError, "dtype int64, got float32"),
            Error((SCORES, NAMED), ValueError, "'x'", {"reduction": "x"}),
        ],
    ),
]
globals().update(battery(OPS))

MAKE = maker("float64")
CASES = [(F.multi_margin_loss, args) for args in numbered(MAKE)]
CASES += [(F.multilabel_margin_loss, args) for args in named(MAKE)]


@pytest.mark.parametrize("loss, args", CASES)
def test_gradient(loss, args):
    x, *rest = args
    keywords = rest.pop() if isinstance(rest[-1], dict) else {}
    leaf = x.clone().requires_grad_()
    result = loss(leaf, *rest, **keywords)
    toward = MAKE(*result.shape)
    result.backward(toward)
    direction, step = MAKE(*x.shape), 1e-6

    def along(t):
        return float((loss(x + direction * t, *rest, **keywords) * toward).sum())

    numeric = (along(step) - along(-step)) / (2 * step)
    assert float((leaf.grad * direction).sum()) == pytest.approx(numeric, abs=1e-7)


@pytest.mark.parametrize(
    "loss, target",
    [(F.multi_margin_loss, NAMED[0]), (F.multilabel_margin_loss, NAMED)],
)
def test_gradients_have_no_gradient(loss, target):
    x = maker("float64")(4, 4).requires_grad_()
    target = target.clamp(min=0) if target.ndim == 1 else target
    plain = rushlight.autograd.grad(loss(x, target), x)[0]
    (gradient,) = rushlight.autograd.grad(loss(x, target), x, create_graph=True)
    assert gradient.tolist() == plain.tolist()
    assert gradient.requires_grad
    with pytest.raises(RuntimeError, match="is not implemented"):
        gradient.sum().backward()
