"""grad, vjp, jvp, Jacobians: values, nesting, captured tensors."""

import numpy as np
import pytest

import rushlight
from rushlight import func


def t(*values):
    return rushlight.tensor(values, dtype=rushlight.float64)


def _close(found, expected):
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12)


def test_grad():
    found = func.grad(lambda x: (x**2).sum())(t(1, 2))
    _close(found, [2, 4])
    assert not found.requires_grad
    second = func.grad(func.grad(rushlight.sin))
    _close(second(rushlight.tensor(1.0, dtype=rushlight.float64)), -np.sin(1))


def test_grad_by_several_arguments_with_aux():
    def f(x, y):
        return (x * y).sum(), y

    (by_x, by_y), (value, aux) = func.grad_and_value(f, (0, 1), has_aux=True)(
        t(1, 2), t(3, 4)
    )
    _close(by_x, [3, 4])
    _close(by_y, [1, 2])
    assert value.item() == 11
    _close(aux, [3, 4])


def test_captured_tensors_stay_differentiable():
    w = t(2, 3).requires_grad_()
    found = func.grad(lambda x: (w * x * x).sum())(t(1, 2))
    assert found.requires_grad
    found.sum().backward()
    _close(w.grad, [2, 4])


def test_dictionaries_of_parameters():
    params = {"w": t(1, 2), "b": t(0.5)}
    found = func.grad(lambda p: (p["w"].sum() * p["b"]).sum())(params)
    _close(found["w"], [0.5, 0.5])
    _close(found["b"], [3])


def test_vjp_and_jvp_agree():
    def f(x, y):
        return (x * y).sin()

    x, y, u, v = t(1, 2), t(3, 4), t(0.5, -1), t(2, 0.1)
    value, pull = func.vjp(f, x, y)
    again, push = func.jvp(f, (x, y), (u, v))
    _close(value, again.numpy())
    c = t(0.3, 0.7)
    by_x, by_y = pull(c)
    left = (by_x * u + by_y * v).sum().item()
    assert left == pytest.approx((c * push).sum().item())


@pytest.mark.parametrize("jacobian", [func.jacrev, func.jacfwd])
def test_jacobians(jacobian):
    found = jacobian(lambda x: x.outer(x))(t(1, 2))
    expected = [[[2, 0], [2, 1]], [[2, 1], [0, 4]]]
    _close(found, expected)
    found = jacobian(lambda x, y: {"a": x * y, "b": x.sum()}, (0, 1))(t(1, 2), t(3, 4))
    _close(found["a"][1], np.diag([1, 2]))
    _close(found["b"][0], [1, 1])


def test_hessian():
    _close(func.hessian(lambda x: (x**3).sum() * x[0])(t(1, 2)), [[12, 12], [12, 12]])


def test_linearize():
    value, push = func.linearize(rushlight.sin, t(0, 1))
    _close(value, np.sin([0, 1]))
    _close(push(t(1, 2)), np.cos([0, 1]) * [1, 2])


def test_refusals():
    with pytest.raises(RuntimeError, match="scalar tensor"):
        func.grad(lambda x: x)(t(1, 2))
    with pytest.raises(RuntimeError, match="argnum=1"):
        func.grad(lambda x: x.sum(), argnums=1)(t(1))
    with pytest.raises(TypeError, match="Tensors"):
        func.grad(lambda x: x)(1.0)
    with pytest.raises(RuntimeError, match="same structure"):
        func.jvp(rushlight.sin, (t(1),), (t(1), t(2)))


def test_batch_norms_lose_their_statistics():
    model = rushlight.nn.Sequential(rushlight.nn.BatchNorm1d(2))
    func.replace_all_batch_norm_modules_(model)
    assert model[0].running_mean is None
    assert not model[0].track_running_stats
