"""isnan, isinf, isfinite, isposinf, isneginf, isreal."""

import math

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery

C = rushlight.tensor([1j])


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),)]


OPS = [
    Op(name, reference=getattr(np, name), samples=plain, dtypes=(*ALL, *COMPLEX))
    for name in ("isnan", "isinf", "isfinite", "isreal")
]
OPS += [
    Op(
        name,
        reference=getattr(np, name),
        samples=plain,
        dtypes=ALL,
        out=True,
        errors=[
            Error((C,), RuntimeError, "complex inputs"),
            Error(
                (rushlight.ones(1),),
                RuntimeError,
                "torch.bool",
                {"out": rushlight.ones(1)},
            ),
        ],
    )
    for name in ("isposinf", "isneginf")
]
globals().update(battery(OPS))

VALUES = [0.0, math.nan, math.inf, -math.inf]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_special_values(dtype):
    x = rushlight.tensor(VALUES, dtype=getattr(rushlight, dtype))
    found = {
        name: getattr(rushlight, name)(x).tolist()
        for name in ("isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal")
    }
    assert found == {
        "isnan": [False, True, False, False],
        "isinf": [False, False, True, True],
        "isfinite": [True, False, False, False],
        "isposinf": [False, False, True, False],
        "isneginf": [False, False, False, True],
        "isreal": [True] * 4,
    }


def test_either_part_of_a_complex_number_counts():
    z = rushlight.tensor([complex(1, math.nan), complex(math.inf, 0), 1 + 0j])
    assert z.isnan().tolist() == [True, False, False]
    assert z.isinf().tolist() == [False, True, False]
    assert z.isfinite().tolist() == [False, False, True]
    assert z.isreal().tolist() == [False, True, True]
