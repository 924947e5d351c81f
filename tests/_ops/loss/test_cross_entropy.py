"""cross_entropy: class numbers, probabilities, weights, smoothing, sizes, errors."""

import numpy as np
import pytest

import rushlight
from rushlight.nn.functional import cross_entropy
from tests.battery import FLOATS, Error, Op, battery, check_gradient, maker

NAME = "nn.functional.cross_entropy"


def probabilities_of(target, shape, weight, ignore_index):
    """One-hot targets of the scores' shape, and the weights that a mean divides by."""
    classes = shape[0 if len(shape) == 1 else 1]
    gone = target == ignore_index
    row_weights = np.where(gone, 0, weight[np.where(gone, 0, target)])
    hot = np.eye(classes)[np.where(gone, 0, target)] * ~gone[..., None]
    return np.moveaxis(hot, -1, 0 if len(shape) == 1 else 1), gone, row_weights


def reference(
    x, target, weight=None, *, ignore_index=-100, reduction="mean", label_smoothing=0
):
    axis = 0 if x.ndim == 1 else 1
    classes = x.shape[axis]
    weight = np.ones(classes) if weight is None else weight
    divide_by, gone = None, np.zeros((), bool)
    if target.shape != x.shape:
        target = target.reshape(()) if x.ndim == 1 else target
        target, gone, divide_by = probabilities_of(
            target, x.shape, weight, ignore_index
        )
    logs = x - np.log(np.exp(x).sum(axis, keepdims=True))
    target = target * (1 - label_smoothing) + label_smoothing / classes
    by_class = weight.reshape([-1 if d == axis else 1 for d in range(x.ndim)])
    loss = np.where(gone, 0, -(target * logs * by_class).sum(axis))
    if reduction == "none":
        return loss
    total = loss.sum()
    if reduction == "sum":
        return total
    return total / (loss.size if divide_by is None else divide_by.sum())


def classes(make, *shape, high=4, low=0):
    return make(*shape, low=low, high=high, dtype="int64")


def of_numbers(make):
    few = make(2, 5, 3, low=-5, high=5), classes(make, 2, 3)
    return [
        (make(6, 5), classes(make, 6)),
        (make(5), classes(make)),
        (make(5), classes(make, 1)),
        (make(6, 5), classes(make, 6), {"reduction": "sum"}),
        (make(6, 5), classes(make, 6), {"reduction": "none"}),
        (make(6, 5), classes(make, 6), {"label_smoothing": 0.2}),
        (make(5), classes(make), {"label_smoothing": 1.0}),
        (make(6, 5), classes(make, 6, low=2), {"ignore_index": 3}),
        (*few,),
        (*few, {"reduction": "none", "label_smoothing": 0.1}),
        (*few, {"reduction": "sum", "ignore_index": 0}),
        (make(2, 3, 2, 2), classes(make, 2, 2, 2, high=2), {"ignore_index": 1}),
        (make(0, 5), classes(make, 0), {"reduction": "sum"}),
    ]


def with_weights(make):
    weight = make(5, low=0.5)
    return [
        (make(6, 5), classes(make, 6), weight),
        (make(5), classes(make), weight),
        (make(6, 5), classes(make, 6), weight, {"label_smoothing": 0.3}),
        (make(6, 5), classes(make, 6), weight, {"reduction": "none"}),
        (make(2, 5, 3), classes(make, 2, 3), weight, {"ignore_index": 1}),
        (
            make(2, 5, 3),
            classes(make, 2, 3),
            weight,
            {"ignore_index": 1, "label_smoothing": 0.3, "reduction": "sum"},
        ),
    ]


def of_probabilities(make):
    return [
        (make(4, 5), make(4, 5, low=0, high=1)),
        (make(5), make(5, low=0, high=1)),
        (make(4, 5), make(4, 5, low=0, high=1), {"reduction": "none"}),
        (make(2, 5, 3), make(2, 5, 3, low=0, high=1), {"reduction": "sum"}),
        (make(2, 5, 3), make(2, 5, 3, low=0, high=1), {"label_smoothing": 0.4}),
        (make(4, 5), make(4, 5, low=0, high=1), make(5, low=0.5)),
    ]


SCORES = maker("float32")(2, 3)
RIGHT = rushlight.tensor([0, 1])
OPS = [
    Op(
        NAME,
        of_numbers,
        reference,
        dtypes=FLOATS,
        tolerance=2,
        errors=[
            Error((3.0, RIGHT), TypeError, "'input' to be a Tensor"),
            Error((SCORES, rushlight.tensor([0, 3])), IndexError, "Target 3 is out of"),
            Error((SCORES, rushlight.tensor([0, -1])), IndexError, "Target -1 is out"),
            Error((SCORES, rushlight.tensor([0, 1, 1])), ValueError, "batch_size (2)"),
            Error((SCORES, RIGHT.int()), RuntimeError, "int64 (or uint8), got int32"),
            Error((SCORES, RIGHT.float()), RuntimeError, "got float32"),
            Error((SCORES.long(), RIGHT), RuntimeError, "not implemented for 'Long'"),
            Error((SCORES, RIGHT.view(2, 1)), RuntimeError, "multi-target"),
            Error((SCORES[0], RIGHT), ValueError, "a target of size 1 for a 1D input"),
            Error((SCORES, RIGHT, None), ValueError, "'men'", {"reduction": "men"}),
            Error((SCORES, RIGHT), RuntimeError, "between 0", {"label_smoothing": 1.5}),
        ],
    ),
    Op(
        NAME,
        with_weights,
        reference,
        dtypes=FLOATS,
        grad=0,
        tolerance=2,
        id="weighted",
        errors=[
            Error((SCORES, RIGHT, rushlight.ones(2)), RuntimeError, "shape [2]"),
            Error(
                (SCORES, RIGHT, rushlight.ones(3).double()),
                RuntimeError,
                "weight of the input's dtype float32, got float64",
            ),
            Error(
                (SCORES, RIGHT, rushlight.ones(3, requires_grad=True)),
                RuntimeError,
                "not differentiable with respect to 'weight'",
            ),
        ],
    ),
    Op(
        NAME,
        of_probabilities,
        reference,
        dtypes=FLOATS,
        tolerance=4,
        id="probabilities",
        errors=[
            Error((SCORES, SCORES.long()), RuntimeError, "not implemented for 'Long'"),
            Error(
                (SCORES, SCORES), RuntimeError, "no ignore_index", {"ignore_index": 1}
            ),
            Error((SCORES, SCORES, rushlight.ones(2)), RuntimeError, "shape [2]"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("case", range(6))
def test_gradients_with_weights(case):
    *args, keywords = (*with_weights(maker("float64"))[case], {})[:4]
    scores, target, weight = args

    def weighted(x):
        return cross_entropy(x, target, weight, **keywords)

    check_gradient(weighted, (scores,), "float64", 2, np.random.default_rng(0))


def test_uint8_targets_are_class_numbers():
    make = maker("float32")
    x, target = make(4, 3), rushlight.tensor([0, 2, 1, 2])
    assert cross_entropy(x, target.byte()) == cross_entropy(x, target)


def test_nothing_to_average_is_nan_and_its_sum_zero():
    ignored = rushlight.tensor([-100, -100])
    assert cross_entropy(SCORES, ignored).isnan()
    assert cross_entropy(SCORES, ignored, reduction="sum") == 0
    assert cross_entropy(SCORES[:0], RIGHT[:0]).isnan()
    assert cross_entropy(SCORES[:0], SCORES[:0]).isnan()


def test_ignored_targets_get_no_gradient():
    x = SCORES.clone().requires_grad_()
    cross_entropy(x, rushlight.tensor([-100, 1])).backward()
    assert x.grad[0].tolist() == [0, 0, 0]
    assert x.grad[1].abs().min() > 0


def test_infinite_scores():
    never = rushlight.tensor([[0.0, -float("inf")]])
    assert cross_entropy(never, RIGHT[:1]) == 0
    assert cross_entropy(never, RIGHT[1:]) == float("inf")
    assert cross_entropy(never, RIGHT[:1], label_smoothing=0.1) == float("inf")
    assert cross_entropy(-never, RIGHT[:1]).isnan()


def test_large_scores_do_not_overflow():
    x = rushlight.tensor([[1e4, -1e4]])
    assert cross_entropy(x, RIGHT[:1]) == 0
    assert cross_entropy(x, RIGHT[1:]) == 2e4


def test_negative_smoothing_counts_as_none():
    plain = cross_entropy(SCORES, RIGHT)
    assert cross_entropy(SCORES, RIGHT, label_smoothing=-0.1) == plain


@pytest.mark.parametrize("shape, name", [((2, 3), "NllLoss"), ((2, 3, 1), "NllLoss2D")])
def test_node_has_torchs_name(shape, name):
    x = rushlight.zeros(*shape, requires_grad=True)
    target = rushlight.zeros(2, *shape[2:], dtype=rushlight.int64)
    assert cross_entropy(x, target).grad_fn.name() == f"{name}Backward0"


def test_old_arguments_still_mean_a_reduction():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        old = cross_entropy(SCORES, RIGHT, size_average=False)
    assert old == cross_entropy(SCORES, RIGHT, reduction="sum")
    with pytest.warns(UserWarning, match="reduction='none'"):
        assert cross_entropy(SCORES, RIGHT, reduce=False).shape == (2,)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_has_gradients_beside_weights(dtype):
    x, target, weight = with_weights(maker(dtype))[0]
    half, single = x.clone().requires_grad_(), x.float().requires_grad_()
    cross_entropy(half, target, weight, label_smoothing=0.1).backward()
    cross_entropy(single, target, weight.float(), label_smoothing=0.1).backward()
    assert half.grad.dtype is half.dtype
    assert half.grad.float().allclose(single.grad, atol=2e-3)


@pytest.mark.parametrize("ignored", [-100, 1])
def test_transposed_scores_get_the_gradient_of_their_targets(ignored):
    x = np.random.default_rng(0).standard_normal((2, 5, 3))
    target = rushlight.tensor([[0, 1, 2, 1, 0], [2, 2, 0, 1, 1]])
    scores = rushlight.tensor(x, requires_grad=True)
    cross_entropy(scores.transpose(1, 2), target, ignore_index=ignored).backward()
    rows = rushlight.tensor(x.reshape(10, 3), requires_grad=True)
    cross_entropy(rows, target.view(-1), ignore_index=ignored).backward()
    assert rushlight.allclose(scores.grad.reshape(10, 3), rows.grad)
