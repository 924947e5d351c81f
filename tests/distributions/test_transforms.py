"""Transforms: there and back, slopes, regions; biject_to and transform_to."""

import numpy as np
import pytest

import rushlight
from rushlight.distributions import biject_to, constraints, transform_to, transforms

randn = rushlight.randn
F64 = rushlight.float64

POINTWISE = {
    "ExpTransform": transforms.ExpTransform(),
    "SigmoidTransform": transforms.SigmoidTransform(),
    "SoftplusTransform": transforms.SoftplusTransform(),
    "TanhTransform": transforms.TanhTransform(),
    "AffineTransform": transforms.AffineTransform(1.0, -2.0),
    "Compose": transforms.ComposeTransform(
        [transforms.AffineTransform(0.5, 2.0), transforms.SigmoidTransform()]
    ),
    "inverse": transforms.ExpTransform().inv.inv,
    "Power": transforms.ComposeTransform(
        [transforms.ExpTransform(), transforms.PowerTransform(2.0)]
    ),
}


@pytest.mark.parametrize("name", list(POINTWISE))
def test_pointwise(name):
    f = POINTWISE[name]
    x = randn(5, dtype=F64, requires_grad=True)
    y = f(x)
    np.testing.assert_allclose(f.inv(y).detach().numpy(), x.detach().numpy(), rtol=1e-6)
    (slope,) = rushlight.autograd.grad(y.sum(), x)
    found = f.log_abs_det_jacobian(x, y).detach()
    np.testing.assert_allclose(found.numpy(), slope.abs().log().numpy(), rtol=1e-6)
    assert f.codomain.check(y.detach()).all()


@pytest.mark.parametrize(
    "region",
    [
        constraints.real,
        constraints.positive,
        constraints.greater_than(2.0),
        constraints.less_than(-1.0),
        constraints.unit_interval,
        constraints.interval(-2.0, 5.0),
        constraints.simplex,
        constraints.lower_cholesky,
        constraints.positive_definite,
        constraints.corr_cholesky,
        constraints.independent(constraints.positive, 1),
    ],
    ids=repr,
)
def test_ways_into_a_region(region):
    x = randn(2, 3, 3, dtype=F64)
    for registry in (biject_to, transform_to):
        f = registry(region)
        y = f(x)
        assert region.check(y).all()
        np.testing.assert_allclose(f(f.inv(y)).numpy(), y.numpy(), rtol=1e-6, atol=1e-9)


def test_stick_breaking_slope():
    f = transforms.StickBreakingTransform()
    x = randn(3, dtype=F64, requires_grad=True)
    y = f(x)
    rows = [rushlight.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(3)]
    expected = np.linalg.slogdet(np.stack([r.numpy() for r in rows]))[1]
    found = f.log_abs_det_jacobian(x, y).item()
    assert found == pytest.approx(expected)
    assert f.forward_shape((2, 3)) == (2, 4)


def test_parts():
    x = randn(4, 3, dtype=F64)
    exp, same = transforms.ExpTransform(), transforms.identity_transform
    cat = transforms.CatTransform([exp, same], dim=1, lengths=[1, 2])
    y = cat(x)
    np.testing.assert_allclose(y[:, 0].numpy(), x[:, 0].exp().numpy())
    np.testing.assert_allclose(cat.inv(y).numpy(), x.numpy())
    stack = transforms.StackTransform([exp, same, exp], dim=1)
    np.testing.assert_allclose(stack(x)[:, 1].numpy(), x[:, 1].numpy())
    reshape = transforms.ReshapeTransform((3,), (3, 1))
    assert reshape(x).shape == (4, 3, 1)
    inner = transforms.IndependentTransform(exp, 1)
    assert inner.log_abs_det_jacobian(x, x.exp()).shape == (4,)


def test_cache_remembers():
    f = transforms.ExpTransform(cache_size=1)
    x = randn(3)
    assert f.inv(f(x)) is x
    assert f.with_cache(0)._cache_size == 0
    with pytest.raises(ValueError, match="cache_size"):
        transforms.ExpTransform(cache_size=2)


def test_printing_and_equality():
    assert repr(transforms.ExpTransform()) == "ExpTransform()"
    assert transforms.ExpTransform() == transforms.ExpTransform()
    assert transforms.AffineTransform(0, 1) != transforms.AffineTransform(0, 2)
    assert repr(constraints.positive) == "GreaterThan(lower_bound=0.0)"
