"""Rules: one text as a kernel and as recorded operations; numbers of one parameter."""

import pytest

import rushlight as torch
from rushlight.optim import ASGD, NAdam
from rushlight.optim._common.recorded import Recorded


def test_words_mean_tensor_operations():
    x, y = torch.tensor([-2.0, 3.0]), torch.tensor([1.0, 1.0])
    k = Recorded
    assert k.max(x, y).tolist() == [1.0, 3.0]
    assert k.max(x, 0.5).tolist() == [0.5, 3.0]
    assert k.min(x, 0.5).tolist() == [-2.0, 0.5]
    assert k.abs(x).tolist() == [2.0, 3.0]
    assert k.where(k.lt(x, 0.0), 0.0, x).tolist() == [0.0, 3.0]


@pytest.mark.parametrize("kind, name", [(NAdam, "mu_product"), (ASGD, "eta")])
def test_parameters_that_skip_a_step_keep_numbers_of_their_own(kind, name):
    a, b = (torch.ones(2, requires_grad=True) for _ in range(2))
    optimizer = kind([a, b], lr=0.5)
    a.grad = torch.ones(2)
    optimizer.step()
    b.grad = torch.ones(2)
    optimizer.step()
    first, second = (optimizer.state[p] for p in (a, b))
    assert (first["step"].item(), second["step"].item()) == (2.0, 1.0)
    assert first[name].item() < second[name].item()


def test_the_learning_rate_may_be_a_tensor_and_carries_gradients():
    rate = torch.tensor(0.1, requires_grad=True)
    p = torch.ones(3, requires_grad=True)
    copied = p.clone()
    optimizer = torch.optim.RMSprop([copied], lr=rate, differentiable=True)
    copied.grad = p * 2
    optimizer.step()
    copied.sum().backward()
    assert rate.grad.item() < 0


@pytest.mark.parametrize(
    "name",
    "SGD Adam AdamW RMSprop Adagrad NAdam Adadelta Adamax RAdam Rprop".split(),
)
def test_parameters_without_data(name):
    """Specs have no arithmetic, but a model may be laid out and stepped on meta."""
    param = torch.nn.Parameter(torch.ones(3, 2, device="meta"))
    optimizer = getattr(torch.optim, name)([param], lr=0.1)
    for _ in range(2):
        param.grad = torch.ones(3, 2, device="meta")
        optimizer.step()
    assert param.device.type == "meta"
    states = optimizer.state[param]
    assert all(s.device.type == "meta" for n, s in states.items() if s.ndim)
