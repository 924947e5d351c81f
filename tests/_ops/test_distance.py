"""cdist and pdist."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F
from tests.battery import Error, Op, battery

INF = float("inf")
EXPONENTS = (0, 0.5, 1, 1.5, 2, 3, INF)


def reference(x, y, p=2.0, compute_mode=None):
    d = np.abs(x[..., :, None, :] - y[..., None, :, :])
    if p == 0:
        return (d != 0).sum(-1).astype(float)
    return d.max(-1) if p == INF else (d**p).sum(-1) ** (1 / p)


def pairs(make):
    found = [(make(4, 3), make(5, 3), p) for p in EXPONENTS]
    return [
        *found,
        (make(2, 4, 3), make(5, 3)),
        (make(2, 1, 4, 3), make(3, 5, 3), 1.0),
        (make(30, 4), make(28, 4)),
        (make(30, 4), make(28, 4), {"compute_mode": "donot_use_mm_for_euclid_dist"}),
        (make(3, 4), make(2, 4), {"compute_mode": "use_mm_for_euclid_dist"}),
        (make(0, 3), make(4, 3)),
    ]


x = rushlight.ones(4, 5)
ERRORS = [
    Error((x, x, -1), RuntimeError, "p >= 0, got -1"),
    Error((x[0], x), RuntimeError, "at least 2D"),
    Error((x, x[:, :3]), RuntimeError, "same number of columns"),
    Error((x.long(), x.long()), RuntimeError, "'Long'"),
    Error((x, x.double()), RuntimeError, "one dtype"),
    Error((x, x), ValueError, "compute_mode to be one of", {"compute_mode": "foo"}),
]
OPS = [
    Op("cdist", pairs, reference, tolerance=20, errors=ERRORS, grad=1),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("p", EXPONENTS)
def test_pdist_is_the_upper_triangle(p):
    x = rushlight.randn(6, 3, dtype=rushlight.float64, requires_grad=True)
    found = F.pdist(x, p)
    rows = reference(x.detach().numpy(), x.detach().numpy(), p)
    np.testing.assert_allclose(found.detach(), rows[np.triu_indices(6, 1)], rtol=1e-12)
    assert p == 0 or rushlight.autograd.gradcheck(lambda x: F.pdist(x, p), (x,))


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0])
def test_rows_that_meet_get_no_gradient(p):
    x = rushlight.ones(2, 3, requires_grad=True)
    rushlight.cdist(x, rushlight.ones(2, 3), p).sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [0, 0, 0]]
    with pytest.raises(RuntimeError, match="a 2D tensor"):
        F.pdist(x[0])
