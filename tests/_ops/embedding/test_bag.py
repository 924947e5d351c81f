"""embedding_bag: sums, means and maxima of bags."""

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck
from rushlight.nn import functional as F

NUMBERS = np.array([4, 1, 1, 7, 2, 0, 3, 2, 2, 5, 1, 6])
OFFSETS = [0, 0, 3, 7, 12, 12]
BAGS = [NUMBERS[a:b] for a, b in zip(OFFSETS, [*OFFSETS[1:], 12])]


def of_bags(w, bags, mode, padding=None, factors=None):
    """The rows of each bag, together."""
    found, start = np.zeros((len(bags), w.shape[1])), 0
    for row, bag in zip(found, bags):
        each = w[bag]
        if factors is not None:
            each = each * factors[start : start + len(bag), None]
        start += len(bag)
        each = each[bag != padding]
        if len(each):
            row[...] = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode](each, 0)
    return found


def table():
    return rushlight.randn(8, 3, dtype=rushlight.float64, requires_grad=True)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [None, 2])
@pytest.mark.parametrize("dtype", [rushlight.int64, rushlight.int32])
def test_bags_with_offsets(mode, padding, dtype):
    w, x = table(), rushlight.tensor(NUMBERS, dtype=dtype)
    offsets = rushlight.tensor(OFFSETS)
    options = {"mode": mode, "padding_idx": padding}
    found = F.embedding_bag(x, w, offsets, **options)
    wanted = of_bags(w.detach().numpy(), BAGS, mode, padding)
    np.testing.assert_allclose(found.detach(), wanted, rtol=1e-12)
    assert gradcheck(lambda w: F.embedding_bag(x, w, offsets, **options), (w,))
    ended = rushlight.tensor([*OFFSETS, 12])
    again = F.embedding_bag(x, w, ended, include_last_offset=True, **options)
    assert rushlight.equal(again, found)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_of_one_length(mode):
    w, x = table(), rushlight.tensor(NUMBERS).view(3, 4)
    found = F.embedding_bag(x, w, mode=mode)
    wanted = of_bags(w.detach().numpy(), list(NUMBERS.reshape(3, 4)), mode)
    np.testing.assert_allclose(found.detach(), wanted, rtol=1e-12)
    assert found.grad_fn.name() == "EmbeddingBagBackward0"
    assert F.embedding_bag(x, w.detach().half(), mode=mode).dtype == rushlight.float16


@pytest.mark.parametrize("padding", [None, 1])
def test_factors_for_each_row(padding):
    w, x = table(), rushlight.tensor(NUMBERS)
    factors = rushlight.randn(12, dtype=rushlight.float64, requires_grad=True)
    offsets = rushlight.tensor(OFFSETS)

    def bag(w, factors):
        options = {"mode": "sum", "padding_idx": padding}
        return F.embedding_bag(x, w, offsets, per_sample_weights=factors, **options)

    wanted = of_bags(w.detach().numpy(), BAGS, "sum", padding, factors.detach().numpy())
    np.testing.assert_allclose(bag(w, factors).detach(), wanted, rtol=1e-12)
    assert gradcheck(bag, (w, factors))


def test_gradients_can_be_divided_by_frequency():
    w, x = table(), rushlight.tensor(NUMBERS)
    offsets = rushlight.tensor(OFFSETS)
    F.embedding_bag(x, w, offsets, mode="sum", scale_grad_by_freq=True).sum().backward()
    assert rushlight.allclose(w.grad, rushlight.ones(8, 3, dtype=w.dtype))


def test_the_gradient_has_no_gradient():
    w, x = table(), rushlight.tensor(NUMBERS).view(3, 4)
    total = (F.embedding_bag(x, w, mode="sum") ** 2).sum()
    (first,) = rushlight.autograd.grad(total, w, create_graph=True)
    with pytest.raises(NotImplementedError, match="embedding_bag"):
        rushlight.autograd.grad(first.sum(), w)


W, X = rushlight.ones(8, 3), rushlight.tensor([1, 2, 4, 1, 3])


def call(**changes):
    arguments = {"input": X, "weight": W, "offsets": rushlight.tensor([0, 2])}
    return F.embedding_bag(**(arguments | changes))


def offsets(*starts):
    return {"offsets": rushlight.tensor(starts)}


PAIRS = rushlight.tensor([[1, 2], [4, 1]])
FIVE = rushlight.ones(5)
ERRORS = [
    ({"offsets": None}, ValueError, "offsets: a 1D tensor"),
    ({"input": PAIRS}, ValueError, "offsets=None with a 2D input"),
    ({"input": PAIRS[None], "offsets": None}, ValueError, "1D or 2D input"),
    (offsets(1, 2), RuntimeError, r"offsets\[0\] = 0"),
    (offsets(0, 9), RuntimeError, "at most the input's length 5"),
    (offsets(0, 3, 2), RuntimeError, "rising"),
    ({"mode": "x"}, ValueError, "one of sum, mean or max"),
    ({"input": X.float()}, RuntimeError, "got float32"),
    ({"input": X + 5}, RuntimeError, "index out of range: 9"),
    ({"per_sample_weights": FIVE}, NotImplementedError, "mode='sum'"),
    ({"per_sample_weights": FIVE[:4], "mode": "sum"}, ValueError, "input's shape"),
    ({"per_sample_weights": FIVE.double(), "mode": "sum"}, RuntimeError, "dtype"),
    ({"mode": "max", "scale_grad_by_freq": True}, ValueError, "scale_grad_by_freq"),
    ({"mode": "max", "sparse": True}, ValueError, "sparse"),
]


@pytest.mark.parametrize("changes, error, text", ERRORS)
def test_errors(changes, error, text):
    with pytest.raises(error, match=text):
        call(**changes)


@pytest.mark.parametrize("mode", ["sum", "mean"])
@pytest.mark.parametrize(
    "bags, length, width", [(40, 4, 3), (9, 1, 2000), (70, 7, 900)]
)
def test_bags_of_one_length_are_added_place_by_place(bags, length, width, mode):
    rng = np.random.default_rng(0)
    table = rng.standard_normal((50, width)).astype("f4")
    numbers = rng.integers(0, 50, (bags, length))
    weight, rows = rushlight.from_numpy(table), rushlight.from_numpy(numbers)
    found = F.embedding_bag(rows, weight, mode=mode)
    want = np.zeros((bags, width), "f4")
    for place in range(length):
        want += table[numbers[:, place]]
    if mode == "mean":
        want /= np.float32(length)
    np.testing.assert_array_equal(found.numpy(), want)
    offsets = rushlight.arange(0, bags * length, length)
    flat = F.embedding_bag(rows.reshape(-1), weight, offsets, mode=mode)
    assert flat.equal(found)


def test_an_empty_bag_beside_one_of_double_length_is_zero():
    table = rushlight.arange(12.0).reshape(6, 2)
    rows, offsets = rushlight.tensor([1, 2, 3, 4]), rushlight.tensor([0, 4])
    found = F.embedding_bag(rows, table, offsets, mode="sum")
    assert found.tolist() == [[20.0, 24.0], [0.0, 0.0]]
