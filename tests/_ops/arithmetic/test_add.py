"""add, sub, rsub, neg, positive, and the operators + and -."""

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, NUMBERS, Error, Op, battery

F, I64, BOOL = rushlight.float32, rushlight.int64, rushlight.bool


def pairs(make):
    return [
        (make(3, 4), make(3, 4)),
        (make(3, 1), make(4)),
        (make(3, 4), make()),
        (make(), make(2)),
        (make(0, 3), make(3)),
        (make(3), 2),
    ]


def scaled(make):
    return [(*args, {"alpha": 3}) for args in pairs(make)]


OPS = [
    Op(
        "add",
        reference=np.add,
        samples=pairs,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((rushlight.ones(2), rushlight.ones(3)), RuntimeError, "[2] and [3]"),
            Error((rushlight.ones(2), [1, 2]), TypeError, "list"),
            Error(
                (rushlight.tensor([1]), rushlight.tensor([1])),
                RuntimeError,
                "alpha",
                {"alpha": 2.5},
            ),
            Error(
                (rushlight.ones(1), rushlight.ones(1)),
                RuntimeError,
                "complex",
                {"alpha": 1j},
            ),
            Error(
                (rushlight.ones(1), rushlight.ones(1)),
                RuntimeError,
                "Boolean",
                {"alpha": True},
            ),
        ],
    ),
    Op(
        "add",
        reference=lambda x, y, alpha: x + np.asarray(alpha * np.asarray(y), x.dtype),
        samples=scaled,
        dtypes=(*NUMBERS, *COMPLEX),
        out=True,
        id="add with alpha",
    ),
    Op(
        "sub",
        reference=np.subtract,
        samples=pairs,
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[
            Error((rushlight.tensor([True]), rushlight.ones(1)), RuntimeError, "bool"),
            Error((rushlight.tensor([True]), 1), RuntimeError, "use ~ or logical_not"),
        ],
    ),
    Op(
        "sub",
        reference=lambda x, y, alpha: x - np.asarray(alpha * np.asarray(y), x.dtype),
        samples=scaled,
        dtypes=(*NUMBERS, *COMPLEX),
        id="sub with alpha",
    ),
    Op(
        "rsub",
        reference=lambda x, y: np.subtract(y, x),
        samples=pairs,
        dtypes=(*NUMBERS, *COMPLEX),
        errors=[Error((2, rushlight.ones(1)), TypeError, "argument 'input'")],
    ),
    Op(
        "rsub",
        reference=lambda x, y, alpha: y - 3 * x,
        samples=scaled,
        dtypes=("float64", "int64"),
        id="rsub with alpha",
    ),
    Op(
        "neg",
        reference=np.negative,
        samples=lambda make: [(make(3, 4),), (make(),), (make(0, 2),)],
        dtypes=(*NUMBERS, *COMPLEX),
        inplace=True,
        out=True,
        errors=[Error((rushlight.tensor([True]),), RuntimeError, "bool tensor")],
    ),
    Op(
        "positive",
        reference=np.positive,
        samples=lambda make: [(make(3),)],
        dtypes=(*NUMBERS, *COMPLEX),
        errors=[Error((rushlight.tensor([True]),), RuntimeError, "bool tensor")],
    ),
]
globals().update(battery(OPS))


# What meets -> the result's dtype; recorded from PyTorch.
DTYPES = [
    (rushlight.ones(2), rushlight.ones((), dtype=rushlight.float64), F),
    (rushlight.ones(2, dtype=I64), 2.5, F),
    (rushlight.ones(2, dtype=I64), rushlight.ones((), dtype=F), F),
    (rushlight.ones(2, dtype=BOOL), 1, I64),
    (rushlight.ones(2, dtype=BOOL), True, BOOL),
    (rushlight.ones(2, dtype=rushlight.uint8), -1, rushlight.uint8),
    (rushlight.ones(2, dtype=rushlight.uint8), rushlight.ones(2, dtype=rushlight.int8),
     rushlight.int16),
    (rushlight.ones(2, dtype=rushlight.float16), 1e-4, rushlight.float16),
    (rushlight.ones(2, dtype=rushlight.float16),
     rushlight.ones(2, dtype=rushlight.bfloat16), F),
    (rushlight.ones(2), 1j, rushlight.complex64),
    (rushlight.ones((), dtype=I64), rushlight.ones(2, dtype=rushlight.int8),
     rushlight.int8),
    (rushlight.ones(2, dtype=I64), np.float32(2), F),
    (rushlight.ones(2), np.float64(2), F),
    (rushlight.ones(2, dtype=rushlight.int8), np.int64(2), rushlight.int8),
]  # fmt: skip


@pytest.mark.parametrize("x, y, dtype", DTYPES)
def test_operands_meet_in_torchs_dtype(x, y, dtype):
    assert (x + y).dtype is dtype
    assert (y + x).dtype is dtype if hasattr(y, "_array") else True


def test_integers_wrap_around():
    x = rushlight.tensor([1, 100], dtype=rushlight.int8)
    assert (x + 300).tolist() == [45, -112]
    assert (x + rushlight.tensor(300)).tolist() == [45, -112]
    x += 100
    assert x.tolist() == [101, -56]


def test_bool_adds_by_or():
    b = rushlight.tensor([True, False])
    assert (b + b).tolist() == [True, False]
    assert rushlight.add(b, b, alpha=2).dtype is BOOL


def test_operators_in_all_forms():
    x = rushlight.tensor([1.0, 2.0])
    assert (x - 1).tolist() == [0, 1] and (1 - x).tolist() == [0, -1]
    assert (1 + x).tolist() == [2, 3] and (-x).tolist() == [-1, -2]
    assert +x is x
    y = x
    y += x
    y -= 1
    assert y is x and x.tolist() == [1, 3]


@pytest.mark.parametrize("other", ["a", None, [1.0], {}])
def test_an_operator_leaves_the_unknown_to_python(other):
    x = rushlight.ones(1)
    assert x.__add__(other) is NotImplemented
    with pytest.raises(TypeError, match="unsupported operand"):
        x + other
    with pytest.raises(TypeError, match="unsupported operand"):
        x -= other


def test_the_other_operand_is_asked():
    class Other:
        def __radd__(self, tensor):
            return "mine"

    assert rushlight.ones(1) + Other() == "mine"


@pytest.mark.parametrize(
    "function, name",
    [
        (lambda x: x + 1, "AddBackward0"),
        (lambda x: rushlight.add(x, x, alpha=2), "AddBackward0"),
        (lambda x: x - x, "SubBackward0"),
        (lambda x: 1 - x, "RsubBackward1"),
        (lambda x: rushlight.rsub(x, x), "RsubBackward0"),
        (lambda x: -x, "NegBackward0"),
    ],
)
def test_nodes_have_torchs_names(function, name):
    assert function(rushlight.ones(1, requires_grad=True)).grad_fn.name() == name


def test_a_result_that_does_not_fit_is_refused_in_place():
    for write in (lambda x: x.add_(2.5), lambda x: x.__iadd__(1.5)):
        with pytest.raises(RuntimeError, match="can't be cast"):
            write(rushlight.tensor([1]))
    with pytest.raises(RuntimeError, match="cannot enlarge"):
        rushlight.ones(1).add_(rushlight.ones(2))
