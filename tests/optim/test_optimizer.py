"""Optimizer: groups, state_dict, hooks, closures, errors, subclasses."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight.optim import SGD, Adam, AdamW, Optimizer
from rushlight.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)


def parameter(*shape):
    p = torch.ones(*shape, requires_grad=True)
    p.grad = torch.ones(*shape)
    return p


def test_groups_take_defaults_and_their_own():
    a, b = parameter(1), parameter(1)
    optimizer = SGD([{"params": [a]}, {"params": b, "lr": 1.0}], lr=0.5)
    optimizer.step()
    assert (a.item(), b.item()) == (0.5, 0.0)
    optimizer.add_param_group({"params": parameter(2), "momentum": 0.9})
    assert [g["momentum"] for g in optimizer.param_groups] == [0, 0, 0.9]


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda: SGD([], lr=1), ValueError, "empty parameter list"),
        (lambda: SGD(parameter(1), lr=1), TypeError, "should be an iterable"),
        (lambda: SGD([1.0], lr=1), TypeError, "can only optimize Tensors"),
        (lambda: SGD([parameter(1) * 2], lr=1), ValueError, "a non-leaf Tensor"),
        (
            lambda: SGD([{"params": {parameter(1)}}], lr=1),
            TypeError,
            "ordered collection",
        ),
        (lambda: SGD([parameter(1)], lr=-1), ValueError, "Invalid learning rate: -1"),
        (lambda: Adam([parameter(1)], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (
            lambda: Adam([parameter(1)], betas=(1.0, 0.9)),
            ValueError,
            "Invalid beta parameter at index 0: 1.0",
        ),
        (
            lambda: SGD([parameter(1)], lr=1, nesterov=True),
            ValueError,
            "only with a momentum",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_a_parameter_in_two_groups_is_refused():
    a = parameter(1)
    with pytest.raises(ValueError, match="more than one parameter group"):
        SGD([{"params": [a]}, {"params": [a]}], lr=1)


@pytest.mark.parametrize("rule", [SGD, Adam, AdamW])
def test_state_dict_resumes_exactly(rule):
    options = {"lr": 0.1, "momentum": 0.9} if rule is SGD else {"lr": 0.1}
    a, b = parameter(3), parameter(2, 2)
    first = rule([a, b], **options)
    first.step()
    c, d = a.detach().clone().requires_grad_(), b.detach().clone().requires_grad_()
    c.grad, d.grad = torch.ones(3), torch.ones(2, 2)
    second = rule([c, d], lr=5.0)
    state = first.state_dict()
    second.load_state_dict(state)
    for optimizer in (first, second):
        optimizer.step()
        optimizer.step()
    assert a.tolist() == c.tolist()
    assert b.tolist() == d.tolist()
    assert second.param_groups[0]["lr"] == 0.1
    assert state["param_groups"][0]["params"] == [0, 1]


def test_loading_copies_and_refuses_other_groups():
    a, b = parameter(3), parameter(3)
    first = Adam([a])
    first.step()
    state = first.state_dict()
    second = Adam([b])
    second.load_state_dict(state)
    second.step()
    assert first.state[a]["step"].item() == 1.0
    with pytest.raises(ValueError, match="doesn't match the size"):
        Adam([parameter(1), parameter(1)]).load_state_dict(state)
    with pytest.raises(ValueError, match="different number of parameter groups"):
        Adam([{"params": parameter(1)}, {"params": parameter(1)}]).load_state_dict(
            state
        )


def test_copies_and_pickles_work_on():
    p = parameter(2)
    optimizer = Adam([p], lr=0.1)
    optimizer.step()
    for other in (copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))):
        (q,) = other.param_groups[0]["params"]
        assert q is not p
        q.grad = torch.ones(2)
        other.step()
        assert other.state[q]["step"].item() == 2.0
    assert optimizer.state[p]["step"].item() == 1.0


def test_zero_grad():
    p = parameter(2)
    optimizer = SGD([p], lr=1)
    gradient = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is gradient
    assert gradient.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert p.grad is None
    optimizer.step()
    assert p.tolist() == [1.0, 1.0]


def test_closures_run_with_gradients():
    p = torch.tensor(3.0, requires_grad=True)
    optimizer = SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = p * p
        loss.backward()
        return loss

    with torch.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 9.0
    assert abs(p.item() - 2.4) < 1e-6


def test_hooks():
    p, seen = parameter(1), []
    optimizer = SGD([p], lr=1)
    handles = [
        optimizer.register_step_pre_hook(lambda o, a, k: seen.append("before")),
        optimizer.register_step_post_hook(lambda o, a, k: seen.append("after")),
        register_optimizer_step_pre_hook(lambda o, a, k: seen.append("all before")),
        register_optimizer_step_post_hook(lambda o, a, k: seen.append("all after")),
    ]
    optimizer.step()
    assert seen == ["all before", "before", "after", "all after"]
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert len(seen) == 4
    optimizer.register_state_dict_post_hook(lambda o, s: {**s, "extra": 1})
    assert optimizer.state_dict()["extra"] == 1


def test_a_users_own_optimizer():
    class SignDescent(Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    state = self.state[p]
                    state["count"] = state.get("count", 0) + 1
                    p.add_((p.grad > 0).to(p.dtype), alpha=-group["lr"])

    p = parameter(2)
    optimizer = SignDescent([p], lr=0.25)
    optimizer.step()
    assert p.tolist() == [0.75, 0.75]
    assert optimizer.state_dict()["state"] == {0: {"count": 1}}


def test_repr():
    text = repr(SGD([parameter(1)], lr=0.5))
    assert text.startswith("SGD (\nParameter Group 0\n    dampening: 0\n")
    assert "    lr: 0.5\n" in text
    assert text.endswith(")")
    two = repr(SGD([{"params": parameter(1)}, {"params": parameter(1)}], lr=0.5))
    assert "weight_decay: 0\n\nParameter Group 1\n    dampening" in two


def test_named_parameters():
    optimizer = SGD([("weight", parameter(1)), ("bias", parameter(1))], lr=1)
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == [
        "weight",
        "bias",
    ]
