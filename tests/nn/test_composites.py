"""Distances and shuffles: values, gradients at zero, shapes, errors."""

import pytest

import rushlight as torch
from rushlight.nn import functional as F

ones, zeros = torch.ones, torch.zeros

# call, result
VALUES = [
    (lambda: F.cosine_similarity(ones(2, 3), ones(3)), [1, 1]),
    (lambda: F.cosine_similarity(zeros(2, 3), ones(2, 3)), [0, 0]),
    (lambda: F.cosine_similarity(ones(3, 1), ones(3), dim=0), [1, 1, 1]),
    (lambda: F.cosine_similarity(ones(1, 3).long(), ones(1, 3)), [1]),
    (lambda: F.cosine_similarity(ones(1, 2) * 1e-5, ones(1, 2) * 1e-5), [1]),
    (lambda: F.cosine_similarity(ones(2).double(), -ones(2).double(), 0), -1),
    (lambda: F.pairwise_distance(ones(2, 3), zeros(3), p=1), [3, 3]),
    (lambda: F.pairwise_distance(ones(2, 3), zeros(2, 3), 1, 0, True), [[3], [3]]),
    (lambda: F.pairwise_distance(ones(2, 3), zeros(2, 3), p=float("inf")), [1, 1]),
    (lambda: F.pairwise_distance(ones(()), zeros(()), eps=0.0), 1),
    (
        lambda: F.pixel_shuffle(torch.arange(8).view(2, 4, 1, 1), 2),
        [[[[0, 1], [2, 3]]], [[[4, 5], [6, 7]]]],
    ),
    (
        lambda: F.pixel_unshuffle(torch.arange(4).view(1, 2, 2), 2)[:, 0, 0],
        [0, 1, 2, 3],
    ),
    (
        lambda: F.channel_shuffle(torch.arange(6).view(1, 6, 1), 3)[0, :, 0],
        [0, 2, 4, 1, 3, 5],
    ),
]


@pytest.mark.parametrize("call, result", VALUES)
def test_values(call, result):
    found = call()
    assert torch.allclose(found.double(), torch.tensor(result).double(), atol=1e-5)


def test_shuffling_there_and_back():
    x = torch.randn(2, 8, 3, 5)
    assert torch.equal(F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2), x)
    assert torch.equal(F.channel_shuffle(F.channel_shuffle(x, 2), 4), x)
    assert F.pixel_shuffle(ones(1, 8, 3, 0), 2).shape == (1, 2, 6, 0)


def test_gradients_at_zero():
    x = zeros(1, 4, requires_grad=True)
    F.cosine_similarity(x, ones(1, 4)).sum().backward()
    assert x.grad.tolist() == [[pytest.approx(0.5e8)] * 4]
    x.grad = None
    F.pairwise_distance(x, zeros(1, 4)).sum().backward()
    assert x.grad.tolist() == [[pytest.approx(0.5)] * 4]


def test_gradients():
    make = [torch.randn(3, 4, dtype=torch.float64, requires_grad=True) for _ in "ab"]
    for function in (F.cosine_similarity, F.pairwise_distance):
        assert torch.autograd.gradcheck(function, make)


ERRORS = [
    (lambda: F.cosine_similarity(ones(2).long(), ones(2).long(), 0), "floating point"),
    (lambda: F.cosine_similarity(ones(2, 3), ones(2, 4)), r"\[2, 3\] and \[2, 4\]"),
    (lambda: F.pixel_shuffle(ones(3, 2, 2), 2), "divisible by the factor's square 4"),
    (lambda: F.pixel_shuffle(ones(2, 2), 2), "at least 3 dimensions"),
    (lambda: F.pixel_shuffle(ones(4, 2, 2), 0), "a positive upscale_factor, got 0"),
    (lambda: F.pixel_unshuffle(ones(1, 3, 2), 2), "height divisible by"),
    (lambda: F.channel_shuffle(ones(1, 3, 2), 2), "channels divisible by groups 2"),
    (lambda: F.channel_shuffle(ones(3, 2), 1), "at least 3 dimensions"),
]


@pytest.mark.parametrize("call, text", ERRORS)
def test_errors(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()
