"""Quantiles, against NumPy's."""

import numpy as np
import pytest

import rushlight

KINDS = ["linear", "lower", "higher", "midpoint", "nearest"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dim", [None, 0, 1, -1])
@pytest.mark.parametrize("keepdim", [True, False])
def test_values(kind, dim, keepdim):
    rng = np.random.default_rng(0)
    x, q = rng.normal(size=(4, 5, 3)), np.array([0.0, 0.3, 0.77, 1.0])
    options = {"axis": dim, "keepdims": keepdim, "method": kind}
    ours = {"dim": dim, "keepdim": keepdim, "interpolation": kind}
    found = rushlight.quantile(rushlight.tensor(x), rushlight.tensor(q), **ours)
    np.testing.assert_allclose(found.numpy(), np.quantile(x, q, **options))
    found = rushlight.quantile(rushlight.tensor(x), 0.4, **ours)
    np.testing.assert_allclose(found.numpy(), np.quantile(x, 0.4, **options))
    x[0, 1, 2] = np.nan
    found = rushlight.nanquantile(rushlight.tensor(x), rushlight.tensor(q), **ours)
    np.testing.assert_allclose(found.numpy(), np.nanquantile(x, q, **options))


def test_nan_spoils_its_row():
    x = rushlight.tensor([[1.0, float("nan")], [1.0, 3.0]])
    assert rushlight.quantile(x, 0.5, dim=1).isnan().tolist() == [True, False]
    assert rushlight.nanquantile(x[:1, 1:], 0.5, dim=1).isnan().all()


def test_gradient():
    x = rushlight.randn(5, 3, dtype=rushlight.float64, requires_grad=True)
    assert rushlight.autograd.gradcheck(lambda x: x.quantile(0.3, dim=0), (x,))


@pytest.mark.parametrize(
    "args, text",
    [
        ((rushlight.ones(3), 1.5), "range"),
        ((rushlight.ones(3).long(), 0.5), "float or double"),
        ((rushlight.ones(0), 0.5), "non-empty"),
        ((rushlight.ones(3), rushlight.ones(1).double()), "same dtype"),
    ],
)
def test_refusals(args, text):
    with pytest.raises(RuntimeError, match=text):
        rushlight.quantile(*args)
