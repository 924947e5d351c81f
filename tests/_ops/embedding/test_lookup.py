"""embedding: rows by number, their gradients by several ways of adding up."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Op, battery


def numbers(*shape, high, seed=1):
    rng = np.random.default_rng(seed)
    return rushlight.tensor(np.asarray(rng.integers(0, high, shape)))


def reference(w, indices, padding_idx=-1, scale_grad_by_freq=False):
    return w[indices]


def samples(make):
    return [
        (make(5, 3), numbers(2, 4, high=5)),
        (make(5, 3), numbers(high=5)),
        (make(5, 3), numbers(0, 2, high=5)),
        (make(5, 3), numbers(7, high=5).int()),
        (make(70, 4), numbers(90, high=70)),
    ]


OPS = [
    Op("embedding", samples, reference, dtypes=("float64", "float32", "float16",
       "bfloat16", "int64")),
]  # fmt: skip
globals().update(battery(OPS))

# Few and many rows, seldom and often: a product, sorted runs, runs one by one.
SIZES = [(6, 20), (3000, 900), (40, 90000)]


@pytest.mark.parametrize("rows, count", SIZES)
@pytest.mark.parametrize("options", [{}, {"padding_idx": 2}, {"padding_idx": -1}])
@pytest.mark.parametrize("scale", [False, True])
def test_gradients_add_up(rows, count, options, scale):
    indices = numbers(count, high=rows)
    w = rushlight.zeros(rows, 3, dtype=rushlight.float64, requires_grad=True)
    g = rushlight.randn(count, 3, dtype=rushlight.float64)
    F.embedding(indices, w, scale_grad_by_freq=scale, **options).backward(g)
    wanted = np.zeros((rows, 3))
    np.add.at(wanted, indices.numpy(), g.numpy())
    if scale:
        counts = np.bincount(indices.numpy(), minlength=rows)
        wanted /= np.maximum(counts, 1)[:, None]
    if options:
        wanted[options["padding_idx"]] = 0
    np.testing.assert_allclose(w.grad, wanted, rtol=1e-10, atol=1e-12)


def test_rows_that_are_too_long_are_shortened_in_place():
    w = rushlight.tensor([[0.0, 0.0], [3.0, 4.0], [0.6, 0.8], [30.0, 40.0]])
    version = w._version
    found = F.embedding(rushlight.tensor([1, 1, 2]), w, max_norm=2.5)
    assert rushlight.allclose(found[0], rushlight.tensor([1.5, 2.0]))
    assert rushlight.allclose(w[1], found[0]) and w._version > version
    assert w[2].tolist() == found[2].tolist()
    assert w[3].tolist() == [30, 40]  # not looked up


def test_a_parameter_is_shortened_too():
    w = rushlight.nn.Parameter(rushlight.full((3, 2), 3.0))
    F.embedding(
        rushlight.tensor([0, 2]), w, max_norm=1.0, norm_type=1.0
    ).sum().backward()
    assert rushlight.allclose(w.detach()[0], rushlight.full((2,), 0.5))
    assert w.grad.tolist() == [[1, 1], [0, 0], [1, 1]]


def test_the_second_derivative_skips_the_padding():
    w = rushlight.ones(4, 2, dtype=rushlight.float64, requires_grad=True)
    indices = rushlight.tensor([0, 1, 1])

    def cubes(w):
        return (F.embedding(indices, w, padding_idx=0) ** 3).sum(0)

    (first,) = rushlight.autograd.grad(cubes(w).sum(), w, create_graph=True)
    (second,) = rushlight.autograd.grad(first.sum(), w)
    assert second[:, 0].tolist() == [0, 12, 0, 0]


w, i = rushlight.ones(5, 3), rushlight.tensor([[1, 2], [4, 1]])
ERRORS = [
    (lambda: F.embedding(i + 3, w), IndexError, "index out of range: 5"),
    (lambda: F.embedding(i - 3, w), IndexError, "index out of range: -2"),
    (lambda: F.embedding(i.short(), w), RuntimeError, "int64 or int32, got int16"),
    (lambda: F.embedding(i.float(), w), RuntimeError, "int64 or int32, got float32"),
    (lambda: F.embedding(i, w[0]), RuntimeError, "2-D"),
    (lambda: F.embedding(i, w, padding_idx=7), AssertionError, "padding_idx within"),
    (lambda: F.embedding(i, w, padding_idx=-6), AssertionError, "padding_idx within"),
    (lambda: F.embedding(i, [1]), TypeError, "'weight' to be a Tensor, got list"),
    (lambda: F.embedding([1], w), TypeError, "'input' to be a Tensor, got list"),
]


@pytest.mark.parametrize("call, error, text", ERRORS)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_names():
    leaf = w.clone().requires_grad_()
    found = F.embedding(i, leaf)
    assert found.grad_fn.name() == "EmbeddingBackward0"
    assert rushlight.equal(rushlight.embedding(w, i), found)
    F.embedding(i, leaf, sparse=True).sum().backward()
    assert leaf.grad.shape == leaf.shape  # dense, as docs/differences.md says
