"""atleast_1d, atleast_2d, atleast_3d, broadcast_tensors."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery


def _reference(name):
    function = getattr(np, name)

    def reference(*xs):
        return list(function(*xs[0])) if isinstance(xs[0], list) else function(*xs)

    return reference


OPS = [
    Op(
        name,
        samples=lambda make: [
            (make(),),
            (make(3),),
            (make(2, 3),),
            (make(1, 2, 3),),
            ([make(), make(2)],),
            (make(), make(2)),
        ],
        reference=_reference(name),
    )
    for name in ("atleast_1d", "atleast_2d", "atleast_3d")
] + [
    Op(
        "broadcast_tensors",
        samples=lambda make: [
            (make(3, 1), make(1, 2)),
            (make(2, 3), make(3)),
            (make(), make(2)),
        ],
        reference=lambda *xs: list(np.broadcast_arrays(*xs)),
        errors=[
            Error((rushlight.ones(2), rushlight.ones(3)), RuntimeError, "equal or 1"),
            Error((rushlight.ones(2), 1), TypeError, "Tensor as element 1"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", ["atleast_1d", "atleast_2d", "atleast_3d"])
def test_what_is_large_enough_stays(name):
    x = rushlight.ones(1, 1, 1)
    assert getattr(rushlight, name)(x) is x
    assert getattr(rushlight, name)() == ()
