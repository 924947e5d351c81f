"""autograd.functional: products with Jacobians and Hessians."""

import numpy as np
import pytest

import rushlight
from rushlight.autograd import functional


def t(*values):
    return rushlight.tensor(values, dtype=rushlight.float64)


def _close(found, expected):
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12)


def _cubes(x, y):
    return (x**3 * y).sum()


def test_jacobian():
    found = functional.jacobian(lambda x, y: (x * y, x.sum()), (t(1, 2), t(3, 4)))
    _close(found[0][0], np.diag([3, 4]))
    _close(found[0][1], np.diag([1, 2]))
    _close(found[1][0], [1, 1])
    _close(found[1][1], [0, 0])


def test_hessian_and_its_products():
    x, y, u, v = t(1, 2), t(3, 4), t(1, -1), t(0.5, 2)
    (xx, xy), (yx, yy) = functional.hessian(_cubes, (x, y))
    _close(xx, np.diag([18, 48]))
    _close(xy, np.diag([3, 12]))
    _close(yy, np.zeros((2, 2)))
    for product in (functional.hvp, functional.vhp):
        value, (by_x, by_y) = product(_cubes, (x, y), (u, v))
        assert value.item() == 35
        _close(by_x, (xx @ u + xy @ v).numpy())
        _close(by_y, (yx @ u + yy @ v).numpy())


def test_products_with_the_jacobian():
    value, found = functional.vjp(lambda x: x.sin(), t(1, 2), t(1, 0.5))
    _close(value, np.sin([1, 2]))
    _close(found, np.cos([1, 2]) * [1, 0.5])
    _, found = functional.jvp(lambda x: x.sin(), t(1, 2), t(1, 0.5))
    _close(found, np.cos([1, 2]) * [1, 0.5])
    assert not found.requires_grad


def test_create_graph():
    x = t(1, 2).requires_grad_()
    found = functional.jacobian(lambda x: x**3, x, create_graph=True)
    found.sum().backward()
    _close(x.grad, [6, 12])


def test_refusals():
    with pytest.raises(RuntimeError, match="independent of input 1"):
        functional.jacobian(lambda x, y: x, (t(1), t(2)), strict=True)
    with pytest.raises(RuntimeError, match="single element"):
        functional.hessian(lambda x: x, t(1, 2))
    with pytest.raises(RuntimeError, match="v of shapes"):
        functional.vjp(lambda x: x, t(1, 2), t(1))
    with pytest.raises(RuntimeError, match="can only be None"):
        functional.jvp(lambda x: x, t(1, 2))
    with pytest.raises(TypeError, match="tuple of Tensors"):
        functional.vjp(lambda x: 1, t(1))
    with pytest.raises(AssertionError, match="reverse-mode"):
        functional.jacobian(lambda x: x, t(1), strategy="both")
