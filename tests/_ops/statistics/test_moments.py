"""Covariances and correlations, against NumPy's."""

import numpy as np
import pytest

import rushlight


@pytest.mark.parametrize("shape", [(5,), (3, 5), (1, 5)])
@pytest.mark.parametrize("correction", [0, 1])
def test_values(shape, correction):
    x = rushlight.randn(*shape, dtype=rushlight.float64)
    f, a = np.array([1, 2, 0, 3, 1]), np.array([0.5, 1.0, 2.0, 0.1, 1.0])
    for weights in (
        {},
        {"fweights": f},
        {"aweights": a},
        {"fweights": f, "aweights": a},
    ):
        ours = {k: rushlight.tensor(v) for k, v in weights.items()}
        found = x.cov(correction=correction, **ours)
        expected = np.cov(x.numpy(), ddof=correction, **weights)
        np.testing.assert_allclose(found.numpy(), expected)


def test_correlations():
    x = rushlight.randn(3, 6, dtype=rushlight.float64, requires_grad=True)
    np.testing.assert_allclose(
        x.corrcoef().detach().numpy(), np.corrcoef(x.detach().numpy())
    )
    assert rushlight.corrcoef(x[0]).item() == pytest.approx(1)
    assert rushlight.autograd.gradcheck(rushlight.cov, (x,))


@pytest.mark.parametrize(
    "options, text",
    [
        ({"fweights": rushlight.ones(3)}, "integral"),
        ({"aweights": rushlight.ones(3).long()}, "floating point"),
        ({"aweights": rushlight.ones(2)}, "shape"),
        ({"aweights": -rushlight.ones(3)}, "negative"),
    ],
)
def test_refusals(options, text):
    with pytest.raises(RuntimeError, match=text):
        rushlight.cov(rushlight.ones(2, 3), **options)
    with pytest.raises(RuntimeError, match="two or fewer"):
        rushlight.cov(rushlight.ones(1, 2, 3))
