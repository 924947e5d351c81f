"""where."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

MASK, ONE = rushlight.tensor([True, False]), rushlight.ones(2)
FLOAT, LONG = rushlight.float32, rushlight.int64


def samples(make):
    def mask(*shape):
        return make(*shape, dtype="bool")

    return [
        (mask(3, 4), make(3, 4), make(3, 4)),
        (mask(3, 1), make(4), make(2, 1, 1)),
        (mask(), make(3), make(3)),
        (mask(3, 4), make(3, 4), make()),
        (mask(0, 2), make(2), make(2)),
        (mask(3, 4), make(3, 4), 1),
        (mask(3, 4), 0, make(4)),
        (mask(100, 100), make(100, 100), make(100, 1)),
        (mask(100, 100), make(100), 1),
    ]


def where(c, x, y):
    dtype = np.result_type(*[v for v in (x, y) if hasattr(v, "dtype")])
    mixed = dtype.kind == "b" and not (hasattr(x, "dtype") and hasattr(y, "dtype"))
    return np.where(c, x, y).astype("i8" if mixed else dtype)


OPS = [
    Op(
        "where",
        reference=where,
        samples=samples,
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error((rushlight.tensor([1, 0]), ONE, ONE), RuntimeError, "boolean"),
            Error((True, ONE, ONE), TypeError, "'condition'"),
            Error((MASK, ONE), TypeError, "one of input and other"),
            Error((MASK, ONE, "a"), TypeError, "str"),
            Error((MASK, ONE, rushlight.ones(3)), RuntimeError, "[3]"),
            Error(
                (MASK, rushlight.ones(2, dtype=rushlight.uint8), 300),
                RuntimeError,
                "uint8_t without overflow",
            ),
        ],
    )
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "x, y, dtype",
    [
        (ONE, 0, FLOAT),
        (1, 0, LONG),
        (1.0, 0, FLOAT),
        (True, 0.5, FLOAT),
        (rushlight.ones(2, dtype=LONG), 0.5, FLOAT),
        (ONE, ONE.double(), rushlight.float64),
        (ONE, rushlight.tensor(1.0, dtype=rushlight.float64), FLOAT),
        (ONE.half(), 0.5, rushlight.float16),
        (rushlight.tensor(1), 2.5, FLOAT),
        (ONE, 1j, rushlight.complex64),
    ],
)
def test_the_result_has_torchs_dtype(x, y, dtype):
    assert rushlight.where(MASK, x, y).dtype is dtype


def test_a_condition_alone_gives_indices():
    (found,) = rushlight.where(MASK)
    assert found.tolist() == [0]


def test_a_uint8_condition_is_deprecated():
    condition = MASK.to(rushlight.uint8)
    with pytest.warns(UserWarning, match="uint8 condition"):
        assert rushlight.where(condition, ONE, 2 * ONE).tolist() == [1, 2]


def test_the_gradient_goes_to_the_chosen_one():
    """An infinite gradient of the other does not leak as nan."""
    x = rushlight.tensor([4.0, 0.0], requires_grad=True)
    rushlight.where(x > 0, x.sqrt(), 0.0).sum().backward()
    assert x.grad[0].item() == 0.25
    assert x.where(MASK, 0).grad_fn.name() == "WhereBackward0"
