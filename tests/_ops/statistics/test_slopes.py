"""gradient, renorm, diagflat, frexp."""

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck


@pytest.mark.parametrize("edge_order", [1, 2])
def test_gradient(edge_order):
    x = np.random.default_rng(0).normal(size=(4, 5))
    line = np.array([0.0, 1.0, 1.5, 4.0])
    ours = rushlight.tensor(x)
    for spacing, theirs, dim in [
        (2.0, (2.0,), (0, 1)),
        ([0.5, 3.0], (0.5, 3.0), (0, 1)),
        ([rushlight.tensor(line)], (line,), (0,)),
    ]:
        found = rushlight.gradient(
            ours, spacing=spacing, dim=dim, edge_order=edge_order
        )
        expected = np.gradient(x, *theirs, axis=dim, edge_order=edge_order)
        expected = expected if isinstance(expected, (tuple, list)) else [expected]
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a.numpy(), b)
    ours.requires_grad = True
    assert gradcheck(rushlight.gradient, (ours,))
    with pytest.raises(RuntimeError, match="at least 2"):
        rushlight.gradient(rushlight.ones(1))
    with pytest.raises(RuntimeError, match="edge_order"):
        rushlight.gradient(rushlight.ones(5), edge_order=3)


def test_renorm():
    x = rushlight.tensor([[3.0, 4.0], [0.0, 1.0]], dtype=rushlight.float64)
    np.testing.assert_allclose(
        x.renorm(2, 0, 1).numpy(), [[0.6, 0.8], [0, 1]], rtol=1e-6
    )
    x.requires_grad = True
    assert gradcheck(lambda x: x.renorm(1, 1, 2), (x,))
    y = x.detach()
    assert y.renorm_(2, 0, 1) is y
    with pytest.raises(RuntimeError, match="at least 2 dimensions"):
        rushlight.renorm(rushlight.ones(3), 2, 0, 1)


def test_diagflat():
    x = rushlight.tensor([[1, 2], [3, 4]])
    assert x.diagflat().tolist() == np.diagflat([1, 2, 3, 4]).tolist()
    assert x[0].diagflat(-1).tolist() == np.diagflat([1, 2], -1).tolist()


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_frexp(dtype):
    x = rushlight.tensor([0.0, 1.0, -3.0, 0.1], dtype=getattr(rushlight, dtype))
    mantissa, exponent = rushlight.frexp(x)
    assert exponent.dtype is rushlight.int32
    np.testing.assert_array_equal((mantissa * 2.0**exponent).numpy(), x.numpy())
    x = rushlight.tensor([3.0, 0.3], dtype=rushlight.float64, requires_grad=True)
    assert gradcheck(lambda x: rushlight.frexp(x).mantissa, (x,))
    with pytest.raises(RuntimeError, match="integers"):
        rushlight.frexp(rushlight.tensor([1]))
