"""The optimizers' five steps as PyTorch 2.13 recorded them; a state goes on exactly."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import rushlight as torch
from tests.optim.test_rules import BLOCK

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())
CASES = [
    pytest.param(name, options, wanted, id="-".join([name, *options]))
    for name, options, wanted in RECORDED
]
RULES = sorted({name for name, _, _ in RECORDED} - {"Adafactor", "Muon"})


def made(name, options, dtype=torch.float64):
    p = torch.tensor([1.0, -2.0, 0.5], dtype=dtype, requires_grad=True)
    q = torch.tensor([[0.3, 0.7], [-1.1, 2.0]], dtype=dtype, requires_grad=True)
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    params = [q] if name == "Muon" else [p, q]
    return p, q, getattr(torch.optim, name)(params, **options)


def advance(p, q, optimizer, steps):
    for i in steps:
        p.grad = torch.tensor(
            [0.1 * (i + 1), -0.3, 0.2 * (-1) ** i], dtype=torch.float64
        )
        q.grad = q.detach() * 0.5 + 0.1 * i
        optimizer.step()


@pytest.mark.parametrize("name, options, wanted", CASES)
def test_five_steps(name, options, wanted):
    p, q, optimizer = made(name, options)
    advance(p, q, optimizer, range(5))
    np.testing.assert_allclose(p.detach().numpy(), wanted[0], rtol=1e-9)
    np.testing.assert_allclose(q.detach().numpy(), wanted[1], rtol=1e-9)


@pytest.mark.parametrize("name, options, wanted", CASES)
def test_states_go_on_exactly(name, options, wanted):
    p, q, optimizer = made(name, options)
    advance(p, q, optimizer, range(2))
    state = pickle.loads(pickle.dumps(optimizer.state_dict()))
    r, s, again = made(name, options)
    with torch.no_grad():
        r.copy_(p)
        s.copy_(q)
    again.load_state_dict(state)
    advance(p, q, optimizer, range(2, 5))
    advance(r, s, again, range(2, 5))
    assert p.tolist() == r.tolist()
    assert q.tolist() == s.tolist()


@pytest.mark.parametrize("name", RULES)
def test_a_large_parameter_is_updated_as_a_small_one(name):
    """Blocks in place, gathered ones and compiled code give the same."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=BLOCK + 7).astype("float32")
    gradients = rng.normal(size=(6, BLOCK + 7)).astype("float32")
    large = torch.tensor(values, requires_grad=True)
    parts = [torch.tensor(v, requires_grad=True) for v in (values[:5], values[-9:])]
    kind = getattr(torch.optim, name)
    first, second = kind([large]), kind(parts)
    for gradient in gradients:
        large.grad = torch.tensor(gradient)
        parts[0].grad = torch.tensor(gradient[:5])
        parts[1].grad = torch.tensor(gradient[-9:])
        first.step()
        second.step()
    whole = large.detach().numpy()
    np.testing.assert_allclose(whole[:5], parts[0].detach().numpy(), rtol=1e-5)
    np.testing.assert_allclose(whole[-9:], parts[1].detach().numpy(), rtol=1e-5)


@pytest.mark.parametrize("name", RULES)
def test_complex_parameters_are_two_real_ones(name):
    z = torch.tensor([1 + 2j, -0.5 + 0.1j], requires_grad=True)
    x = torch.tensor([[1.0, 2.0], [-0.5, 0.1]], requires_grad=True)
    kind = getattr(torch.optim, name)
    optimizers = [kind([z]), kind([x])]
    for scale in (1.0, -2.0, 0.5):
        z.grad = torch.tensor([0.1 - 0.2j, 0.3 + 0.4j]) * scale
        x.grad = torch.tensor([[0.1, -0.2], [0.3, 0.4]]) * scale
        for optimizer in optimizers:
            optimizer.step()
    np.testing.assert_allclose(
        torch.view_as_real(z.detach()).numpy(), x.detach().numpy(), rtol=1e-5
    )


@pytest.mark.parametrize("name", RULES)
def test_a_recorded_step_equals_the_plain_one(name):
    start = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    plain = start.clone().requires_grad_()
    leaf = start.clone().requires_grad_()
    copied = leaf.clone()
    kind = getattr(torch.optim, name)
    first, second = kind([plain]), kind([copied], differentiable=True)
    for _ in range(3):
        plain.grad = plain.detach() * 0.3
        copied.grad = copied * 0.3
        first.step()
        second.step()
    np.testing.assert_allclose(
        copied.detach().numpy(), plain.detach().numpy(), rtol=1e-6
    )
    copied.sum().backward()
    assert leaf.grad is not None
    assert bool(leaf.grad.isfinite().all())


def test_adagrad_has_its_sums_from_the_start():
    p = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.Adagrad([p], initial_accumulator_value=0.5)
    assert optimizer.state[p]["sum"].tolist() == [0.5, 0.5]
    assert optimizer.state_dict()["state"][0]["step"].item() == 0.0


def test_sparse_adam_leaves_rows_without_gradient():
    weight = torch.nn.Embedding(5, 2, sparse=True).weight
    before = weight.detach().clone()
    optimizer = torch.optim.SparseAdam([weight], lr=0.1)
    weight.grad = torch.zeros(5, 2)
    weight.grad[3] = 1.0
    optimizer.step()
    assert (weight[:3] == before[:3]).all()
    np.testing.assert_allclose((before[3] - weight[3]).tolist(), [0.1, 0.1], rtol=1e-5)


def rosenbrock(optimizer, p):
    def closure():
        optimizer.zero_grad()
        loss = (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2
        loss.backward()
        return loss

    return closure


def test_lbfgs_finds_the_valleys_end():
    p = torch.tensor([-1.5, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([p], max_iter=60, line_search_fn="strong_wolfe")
    first = optimizer.step(rosenbrock(optimizer, p))
    assert first.item() == pytest.approx(12.5)
    np.testing.assert_allclose(p.tolist(), [1.0, 1.0], rtol=1e-5)
    state = optimizer.state_dict()["state"][0]
    assert 20 < state["n_iter"] <= 60
    assert state["func_evals"] >= state["n_iter"]


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda p: torch.optim.RMSprop([p], lr=-1), ValueError, "learning rate: -1"),
        (lambda p: torch.optim.RMSprop([p], alpha=-1), ValueError, "alpha value: -1"),
        (lambda p: torch.optim.Rprop([p], etas=(1, 0.5)), ValueError, "eta values"),
        (lambda p: torch.optim.Adadelta([p], rho=2), ValueError, "rho value: 2"),
        (lambda p: torch.optim.Adafactor([p], d=0.5), ValueError, "threshold d: 0.5"),
        (lambda p: torch.optim.Muon([p]), ValueError, "only supports 2D parameters"),
        (lambda p: torch.optim.Adam([p], betas=(0, 0.9)), ValueError, "both floats"),
        (
            lambda p: torch.optim.NAdam([p], lr=torch.ones(2)),
            ValueError,
            "must be 1-element",
        ),
        (
            lambda p: torch.optim.Adagrad([p], fused=True, foreach=True),
            RuntimeError,
            "`fused` and `foreach`",
        ),
        (
            lambda p: torch.optim.LBFGS([{"params": [p]}, {"params": [p.clone()]}]),
            ValueError,
            "non-leaf|per-parameter options",
        ),
        (
            lambda p: torch.optim.LBFGS([p], line_search_fn="other").step(
                lambda: backward(p)
            ),
            RuntimeError,
            "only 'strong_wolfe' is supported",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make(torch.ones(3, requires_grad=True))


def backward(p):
    loss = (p * p).sum()
    loss.backward()
    return loss


def test_a_parameter_twice_in_a_group_gets_a_warning():
    p = torch.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        torch.optim.SGD([p, p], lr=0.1)


def test_names_for_some_parameters_only_are_refused():
    a, b = (torch.ones(1, requires_grad=True) for _ in range(2))
    with pytest.raises(ValueError, match="with/without names"):
        torch.optim.SGD([("a", a), b], lr=0.1)
    optimizer = torch.optim.SGD([("a", a)], lr=0.1)
    with pytest.raises(ValueError, match="without names"):
        optimizer.add_param_group({"params": [b]})
