"""block_diag."""

import scipy.linalg

import rushlight
from tests.battery import ALL, Error, Op, battery

OPS = [
    Op(
        "block_diag",
        samples=lambda make: [
            (make(2, 3), make(1, 2)),
            (make(3), make(2, 2), make()),
            (make(0, 2), make(2, 2)),
        ],
        reference=scipy.linalg.block_diag,
        dtypes=ALL,
        errors=[
            Error((rushlight.ones(1, 1, 1),), RuntimeError, "2 or fewer dimensions"),
            Error((rushlight.ones(1), 1), TypeError, "Tensor as element 1"),
        ],
    ),
]
globals().update(battery(OPS))


def test_no_blocks_and_mixed_dtypes():
    assert rushlight.block_diag().shape == (1, 0)
    mixed = rushlight.block_diag(
        rushlight.ones(1, dtype=rushlight.int64), rushlight.ones(1)
    )
    assert mixed.dtype is rushlight.float32
