"""matmul, mm, bmm."""

import numpy as np
import pytest

import rushlight
from tests._ops.matmul.shapes import SHAPES
from tests.battery import COMPLEX, NUMBERS, Error, Op, battery

ones = rushlight.ones
COMMON = [
    Error((ones(2, 3), ones(4, 5)), RuntimeError, "cannot be multiplied (2x3 and 4x5)"),
    Error((ones(2, 3), ones(3, 4).double()), RuntimeError, "the same dtype"),
    Error((ones(2, 3).bool(), ones(3, 4).bool()), NotImplementedError, "'Bool'"),
    Error((ones(2, 3), 2), TypeError, "to be a Tensor"),
]
OPS = [
    Op(
        "matmul",
        reference=np.matmul,
        samples=lambda make: [tuple(make(*shape) for shape in pair) for pair in SHAPES],
        dtypes=(*NUMBERS, *COMPLEX),
        out=True,
        tolerance=4,
        errors=[
            *COMMON,
            Error((ones(()), ones(2)), RuntimeError, "at least 1D"),
            Error((ones(3), ones(4)), RuntimeError, "3 and 4"),
            Error((ones(2, 2, 3), ones(3, 3, 4)), RuntimeError, "broadcasting"),
        ],
    ),
    Op(
        "mm",
        reference=np.matmul,
        samples=lambda make: [(make(2, 3), make(3, 4)), (make(0, 3), make(3, 2))],
        dtypes=("float64", "float32", "int64"),
        out=True,
        errors=[*COMMON, Error((ones(2), ones(2, 2)), RuntimeError, "a matrix (2D)")],
    ),
    Op(
        "bmm",
        reference=np.matmul,
        samples=lambda make: [(make(5, 2, 3), make(5, 3, 4))],
        dtypes=("float64", "float32", "int64", "complex128"),
        out=True,
        errors=[
            Error((ones(2, 3), ones(2, 3, 4)), RuntimeError, "'batch1' to be a 3D"),
            Error((ones(2, 3, 4), ones(3, 4, 5)), RuntimeError, "to be: [2, 4]"),
            Error((ones(2, 3, 4), ones(2, 5, 4)), RuntimeError, "[2, 5]"),
        ],
    ),
]
globals().update(battery(OPS))

# Shapes of the operands -> torch's name for the last step.
NODES = {
    ((3,), (3,)): "DotBackward0",
    ((2, 3), (3,)): "MvBackward0",
    ((3,), (3, 4)): "SqueezeBackward4",
    ((2, 3), (3, 4)): "MmBackward0",
    ((5, 2, 3), (3, 4)): "UnsafeViewBackward0",
    ((5, 2, 3), (5, 3, 4)): "UnsafeViewBackward0",
}


@pytest.mark.parametrize("shapes", NODES, ids=str)
def test_nodes_are_named_as_torch_names_them(shapes):
    x, y = (ones(*shape, requires_grad=True) for shape in shapes)
    assert (x @ y).grad_fn.name() == NODES[shapes]
    assert ones(1, 2, 3, requires_grad=True).bmm(ones(1, 3, 2)).grad_fn.name() == (
        "BmmBackward0"
    )


@pytest.mark.parametrize("dtype", ["int64", "int32", "int8", "uint8"])
def test_large_integer_products_are_exact_modulo_the_dtype(dtype):
    rng = np.random.default_rng(0)
    x, y = (rng.integers(0, 120, (64, 64)).astype(dtype) for _ in range(2))
    found = rushlight.from_numpy(x) @ rushlight.from_numpy(y)
    want = (x.astype("int64") @ y.astype("int64")).astype(dtype)
    np.testing.assert_array_equal(found.numpy(), want)


def test_integers_beyond_what_float64_holds():
    x = rushlight.full((32, 32), 2**40 + 1)
    assert (x @ x)[0, 0].item() == 32 * (2**40 + 1) ** 2 % 2**64


def test_half_precision_is_added_up_in_float32():
    x = ones(1, 5000).half()
    assert (x @ x.mT).item() == 5000


def test_operators():
    x, y = ones(2, 3), ones(3, 2)
    assert (x @ y).tolist() == [[3, 3], [3, 3]]
    with pytest.raises(TypeError):
        x @ 2
    x @= ones(3, 3)
    assert x.tolist() == [[3, 3, 3], [3, 3, 3]]


def test_the_gradient_of_a_weight_is_contiguous_and_adopted():
    x, w = ones(5, 4, 3), ones(3, 2, requires_grad=True)
    (x @ w).sum().backward()
    assert w.grad.is_contiguous()
    assert w.grad.tolist() == [[20, 20]] * 3
