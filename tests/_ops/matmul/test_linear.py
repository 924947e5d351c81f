"""linear, bilinear."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import COMPLEX, FLOATS, INTS, Error, Op, battery

ones = rushlight.ones


def _linear(x, weight, bias=None):
    return x @ weight.T + (0 if bias is None else bias)


def _samples(make):
    w, b = make(4, 3), make(4)
    return [
        (make(2, 3), w, b),
        (make(2, 3), w),
        (make(3), w, b),
        (make(3), w),
        (make(5, 2, 3), w, b),
        (make(5, 2, 3), w),
        (make(5, 1, 2, 3), w, b),
        (make(2, 3), make(3)),
        (make(3), make(3)),
        (make(5, 2, 3), make(3)),
        (make(2, 3), w, make(2, 4)),
        (make(2, 3), w, make(1, 4)),
        (make(5, 2, 3), w, make(2, 4)),
        (make(2, 3), w, make()),
        (make(0, 3), w, b),
        (make(2, 0), make(4, 0), b),
        (make(5, 2, 0), make(4, 0), b),
    ]


def _bilinear(x, y, weight, bias=None):
    found = np.einsum("...i,oij,...j->...o", x, weight, y)
    return found if bias is None else found + bias


OPS = [
    Op(
        "nn.functional.linear",
        reference=_linear,
        samples=_samples,
        dtypes=(*FLOATS, *INTS, *COMPLEX),
        tolerance=4,
        errors=[
            Error(
                (ones(2, 3), ones(4, 5)),
                RuntimeError,
                "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)",
            ),
            Error((ones(6, 2, 3), ones(4, 5), ones(4)), RuntimeError, "(12x3 and 5x4)"),
            Error(
                (ones(2, 3), ones(4, 3), ones(5)), RuntimeError, "a bias that expands"
            ),
            Error((ones(2, 3), ones(3), ones(4)), RuntimeError, "a bias that expands"),
            Error((ones(2, 3), ones(4, 3, 2)), RuntimeError, "1 or 2 dimensions"),
            Error((ones(2, 3), ones(4, 3).double()), RuntimeError, "same dtype"),
            Error(
                (ones(2, 3), ones(4, 3), ones(4).double()), RuntimeError, "same dtype"
            ),
            Error((ones(()), ones(4, 3)), RuntimeError, "at least 1D"),
            Error((1, ones(4, 3)), TypeError, "to be a Tensor"),
            Error((ones(2, 3), 1), TypeError, "'weight' to be a Tensor"),
            Error(
                (ones(2, 3).bool(), ones(4, 3).bool()), NotImplementedError, "'Bool'"
            ),
        ],
    ),
    Op(
        "nn.functional.bilinear",
        reference=_bilinear,
        samples=lambda make: [
            (make(2, 3), make(2, 4), make(5, 3, 4)),
            (make(6, 2, 3), make(6, 2, 4), make(5, 3, 4), make(5)),
            (make(3), make(4), make(5, 3, 4)),
            (make(0, 3), make(0, 4), make(5, 3, 4)),
        ],
        dtypes=("float64", "float32", "int64"),
        errors=[
            Error((ones(2, 3), ones(3, 4), ones(5, 3, 4)), RuntimeError, "(*, in1)"),
            Error(
                (ones(2, 3), ones(2, 4), ones(5, 4, 3)), RuntimeError, "(out, in1, in2)"
            ),
            Error((ones(2, 3), 4, ones(5, 4, 3)), TypeError, "'input2' to be a Tensor"),
        ],
    ),
]
globals().update(battery(OPS))

# (input, weight, bias) -> torch's name for the last step.
NODES = {
    ((2, 3), (4, 3), (4,)): "AddmmBackward0",
    ((2, 3), (4, 3), None): "MmBackward0",
    ((5, 2, 3), (4, 3), (4,)): "ViewBackward0",
    ((5, 2, 3), (4, 3), None): "UnsafeViewBackward0",
    ((3,), (4, 3), (4,)): "ViewBackward0",
    ((3,), (4, 3), None): "SqueezeBackward4",
    ((2, 3), (3,), None): "MvBackward0",
    ((3,), (3,), None): "DotBackward0",
    ((5, 2, 3), (3,), None): "UnsafeViewBackward0",
    ((5, 2, 3), (3,), ()): "AddBackward0",
    ((5, 2, 3), (4, 3), ()): "AddBackward0",
}


@pytest.mark.parametrize("shapes", NODES, ids=str)
def test_nodes_are_named_as_torch_names_them(shapes):
    operands = [s if s is None else ones(s, requires_grad=True) for s in shapes]
    assert F.linear(*operands).grad_fn.name() == NODES[shapes]


def test_a_transposed_input_is_added_to_afterwards():
    x = ones(5, 3, 2, requires_grad=True).mT
    assert F.linear(x, ones(4, 3), ones(4)).grad_fn.name() == "AddBackward0"


def test_the_gradients_are_fresh_and_contiguous():
    x, w, b = (ones(*s, requires_grad=True) for s in [(5, 2, 3), (4, 3), (4,)])
    F.linear(x, w, b).sum().backward()
    for leaf, value in [(x, 4), (w, 10), (b, 10)]:
        assert leaf.grad.is_contiguous()
        assert leaf.grad.shape == leaf.shape
        assert (leaf.grad == value).all()


def test_the_bias_may_change_before_backward():
    x, w, b = ones(2, 3), ones(4, 3, requires_grad=True), ones(4, requires_grad=True)
    y = F.linear(x, w, b)
    with rushlight.no_grad():
        b.add_(1)
    y.sum().backward()
    assert b.grad.tolist() == [2, 2, 2, 2]


def test_half_precision_is_rounded_once():
    x, w = ones(1, 4096).half(), ones(1, 4096).half()
    assert F.linear(x, w, ones(1).half()).item() == 4096  # 4097 is between two halves
