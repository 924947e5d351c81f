"""SGD, Adam and AdamW against their equations, written out in NumPy one by one."""

import math

import numpy as np
import pytest

import rushlight as torch
from rushlight.optim import SGD, Adam, AdamW
from rushlight.optim.plan import BLOCK

SHAPES = [(3, 4), (BLOCK + 100,), (), (BLOCK // 2, 3), (2, 2), (0, 3)]


def sgd(
    p, g, state, lr, momentum=0, dampening=0, weight_decay=0, nesterov=False, sign=1
):
    g = sign * g + weight_decay * p
    if momentum:
        first = "b" not in state
        state["b"] = g if first else momentum * state["b"] + (1 - dampening) * g
        g = g + momentum * state["b"] if nesterov else state["b"]
    return p - lr * g


def adam(
    p,
    g,
    state,
    lr=1e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    weight_decay=0,
    amsgrad=False,
    decoupled=False,
    sign=1,
):
    state["t"] = t = state.get("t", 0) + 1
    g = sign * g
    if decoupled:
        p = p * (1 - lr * weight_decay)
    else:
        g = g + weight_decay * p
    state["m"] = betas[0] * state.get("m", 0) + (1 - betas[0]) * g
    state["v"] = v = betas[1] * state.get("v", 0) + (1 - betas[1]) * g * g
    if amsgrad:
        state["max"] = v = np.maximum(state.get("max", 0), v)
    scale = lr / (1 - betas[0] ** t)
    return p - scale * state["m"] / (np.sqrt(v) / math.sqrt(1 - betas[1] ** t) + eps)


CASES = [
    (SGD, {"lr": 0.1}, sgd, {"lr": 0.1}),
    (SGD, {"lr": 0.1, "momentum": 0.9}, sgd, {"lr": 0.1, "momentum": 0.9}),
    (
        SGD,
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
        sgd,
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1},
    ),
    (
        SGD,
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True},
        sgd,
        {"lr": 0.1, "momentum": 0.9, "nesterov": True, "sign": -1},
    ),
    (Adam, {}, adam, {}),
    (
        Adam,
        {"lr": 0.01, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1},
        adam,
        {"lr": 0.01, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1},
    ),
    (
        Adam,
        {"amsgrad": True, "maximize": True},
        adam,
        {"amsgrad": True, "sign": -1},
    ),
    (AdamW, {"weight_decay": 0.1}, adam, {"weight_decay": 0.1, "decoupled": True}),
]


def _parameters(rng, dtype):
    values = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    return values, [torch.tensor(v, requires_grad=True) for v in values]


def _give_gradients(params, rng):
    gradients = [rng.normal(size=p.shape) for p in params]
    for param, gradient in zip(params, gradients, strict=True):
        param.grad = torch.tensor(gradient).to(param.dtype)
    return gradients


@pytest.mark.parametrize("differentiable", [False, True])
@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: f"{c[0].__name__}-{'-'.join(c[1])}"
)
def test_equations(case, differentiable):
    rule, options, reference, same = case
    rng = np.random.default_rng(0)
    values, params = _parameters(rng, np.float64)
    optimizer = rule(params, **options, differentiable=differentiable)
    states = [{} for _ in params]
    for _ in range(4):
        gradients = _give_gradients(params, rng)
        values = [
            np.asarray(reference(v, g, s, **same))
            for v, g, s in zip(values, gradients, states, strict=True)
        ]
        with torch.no_grad():
            optimizer.step()
    for value, param in zip(values, params, strict=True):
        np.testing.assert_allclose(param.detach().numpy(), value, rtol=1e-9, atol=1e-12)


def test_parameters_of_several_dtypes_and_layouts():
    rng = np.random.default_rng(0)
    wide = torch.tensor(rng.normal(size=(40, 50)), requires_grad=True)
    single = torch.tensor(rng.normal(size=5).astype(np.float32), requires_grad=True)
    turned = torch.tensor(rng.normal(size=(200, 300)))
    turned = turned.transpose(0, 1).requires_grad_()
    params = [wide, single, turned]
    values = [p.detach().numpy().copy() for p in params]
    optimizer = Adam(params)
    gradients = _give_gradients(params, rng)
    optimizer.step()
    for param, value, gradient in zip(params, values, gradients, strict=True):
        wanted = adam(value, gradient.astype(value.dtype), {})
        np.testing.assert_allclose(param.detach().numpy(), wanted, rtol=1e-5)
    assert {p.dtype for p in params} == {torch.float64, torch.float32}


def test_a_parameter_without_gradient_stays_and_joins_later():
    a, b = (torch.ones(3, requires_grad=True) for _ in range(2))
    optimizer = Adam([a, b], lr=0.1)
    a.grad = torch.ones(3)
    optimizer.step()
    assert b.tolist() == [1.0] * 3
    assert b not in optimizer.state
    b.grad = torch.ones(3)
    optimizer.step()
    assert optimizer.state[a]["step"].item() == 2.0
    assert optimizer.state[b]["step"].item() == 1.0
    np.testing.assert_allclose(b.tolist(), 0.9, rtol=1e-6)


def test_a_step_counts_as_an_in_place_write():
    p = torch.ones(3, requires_grad=True)
    loss = (p * p).sum()
    p.grad = torch.ones(3)
    SGD([p], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_the_learning_rate_may_change_and_be_a_tensor():
    p = torch.ones(1, requires_grad=True)
    optimizer = SGD([p], lr=torch.tensor(0.5))
    p.grad = torch.ones(1)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.step()
    assert p.item() == 0.25


def test_tensors_that_share_a_parameters_memory_see_the_step():
    p = torch.zeros(4, requires_grad=True)
    alias = p.detach()
    p.grad = torch.ones(4)
    SGD([p], lr=1.0).step()
    assert alias.tolist() == [-1.0] * 4
