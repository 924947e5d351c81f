"""Adaptive averages as routines."""

from itertools import product

import numpy as np
import pytest

from rushlight._compiler.routines.pooling.adaptive import (
    adaptive_average_pool,
    adaptive_average_pool_gradient,
)
from tests._compiler.routines.running import compiled, interpret

PARTS = [
    ((5, 7), (2, 3)),
    ((4, 4), (1, 1)),
    ((3, 3), (5, 4)),
    ((7,), (3,)),
    ((3, 4, 5), (2, 2, 2)),
]


@pytest.mark.parametrize("run", [interpret, compiled])
@pytest.mark.parametrize(("size", "out"), PARTS)
def test_adaptive_average_pool(size, out, run):
    if run is compiled:
        pytest.importorskip("llvmlite")
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((2, *size)), rng.standard_normal((2, *out))
    wanted, back = np.zeros(g.shape), np.zeros(x.shape)
    for part in product(*map(range, out)):
        place = tuple(
            slice(i * n // o, -(-(i + 1) * n // o)) for i, n, o in zip(part, size, out)
        )
        where = (slice(None), *place)
        count = x[where][0].size
        wanted[(slice(None), *part)] = x[where].reshape(2, -1).mean(1)
        of_part = g[(slice(None), *part)].reshape(2, *[1] * len(size))
        back[where] += of_part / count
    y, found = np.full(g.shape, 9.0), np.full(x.shape, 9.0)
    run(adaptive_average_pool(2, size, out, "f64"), {"x": x, "y": y})
    np.testing.assert_allclose(y, wanted, rtol=1e-12, atol=1e-14)
    arrays = {"g": g, "x_grad": found}
    run(adaptive_average_pool_gradient(2, size, out, "f64"), arrays)
    np.testing.assert_allclose(found, back, rtol=1e-12, atol=1e-14)
