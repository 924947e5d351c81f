"""Full backward hooks: what they see and what they replace."""

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.modules.module import (
    register_module_backward_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
)


class Double(nn.Module):
    def forward(self, x, other=None):
        return x * 2


class Two(nn.Module):
    def forward(self, a, b, *rest):
        return a * b, a + 1, torch.ones(1), 5


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([3.0]))

    def forward(self, x):
        return x * self.w


def leaf(*values):
    return torch.tensor(values, requires_grad=True)


def plain(gradients):
    return [g if g is None else g.tolist() for g in gradients]


def noting(seen, name, result=None):
    def hook(module, *gradients):
        seen.append((name, *map(plain, gradients)))
        return None if result is None else result(*gradients)

    return hook


def test_order_and_gradients():
    seen, net, x = [], Double(), leaf(1.0)
    net.register_full_backward_hook(noting(seen, "1"))
    net.register_full_backward_hook(noting(seen, "0"), prepend=True)
    net.register_full_backward_pre_hook(noting(seen, "pre"))
    everywhere = [
        register_module_full_backward_hook(noting(seen, "every")),
        register_module_full_backward_pre_hook(noting(seen, "every pre")),
    ]
    output = net(x, "no tensor")
    for handle in everywhere:
        handle.remove()
    assert output.grad_fn.name() == "BackwardHookFunctionBackward"
    output.sum().backward()
    assert seen == [
        ("every pre", [[1.0]]),
        ("pre", [[1.0]]),
        ("every", [[2.0], None], [[1.0]]),
        ("0", [[2.0], None], [[1.0]]),
        ("1", [[2.0], None], [[1.0]]),
    ]
    assert x.grad.tolist() == [2]


def test_gradients_are_replaced():
    net, x = Double(), leaf(1.0)
    net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
    net.register_full_backward_pre_hook(lambda m, go: go[0] * 100)
    net(x).sum().backward()
    assert x.grad.tolist() == [2000]


@pytest.mark.parametrize("register", ["hook", "pre_hook"])
def test_as_many_gradients_as_there_are(register):
    net = Double()
    getattr(net, f"register_full_backward_{register}")(lambda *a: (a[1][0], a[1][0]))
    with pytest.raises(
        RuntimeError, match="1 gradients, got an invalid number of grad"
    ):
        net(leaf(1.0)).sum().backward()


def test_several_inputs_and_outputs():
    seen, net, a = [], Two(), leaf(1.0)
    net.register_full_backward_hook(noting(seen, "h"))
    outputs = net(a, torch.tensor([2.0]), torch.tensor([1]))
    assert [getattr(o, "requires_grad", None) for o in outputs] == [
        *[True, True, False, None]
    ]
    outputs[1].sum().backward()
    assert seen == [("h", [[1.0], [0.0], [0]], [None, [1.0], None, None])]


def test_without_inputs_that_want_gradients():
    seen, net = [], Scale()
    net.register_full_backward_pre_hook(noting(seen, "pre"))
    net.register_full_backward_hook(noting(seen, "h"))
    with pytest.warns(UserWarning, match="an input of the module that requires grad"):
        net(torch.tensor([2.0])).sum().backward()
    assert seen == [("pre", [[1.0]]), ("h", [None], [[1.0]])]
    assert net.w.grad.tolist() == [2]
    net.register_full_backward_hook(lambda *a: (torch.ones(1),))
    with (
        pytest.warns(UserWarning),
        pytest.raises(RuntimeError, match="expected None: for Modules where no input"),
    ):
        net(torch.tensor([2.0])).sum().backward()


def test_each_call_has_its_own():
    seen, net, x = [], Double(), leaf(1.0)
    net.register_full_backward_hook(noting(seen, "h"))
    (net(x) + net(x * 3)).sum().backward()
    assert seen == [("h", [[2.0]], [[1.0]])] * 2
    assert x.grad.tolist() == [8]


def test_retained_graphs_and_second_derivatives():
    seen, net, x = [], Double(), leaf(1.0)
    net.register_full_backward_hook(noting(seen, "h"))
    y = net(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert len(seen) == 2 and x.grad.tolist() == [4]
    x.grad = None
    (g,) = torch.autograd.grad((net(x) ** 3).sum(), x, create_graph=True)
    g.sum().backward()
    assert g.tolist() == [24] and x.grad.tolist() == [48]


def test_no_recording_no_hooks():
    seen, net = [], Double()
    net.register_full_backward_hook(noting(seen, "h"))
    with torch.no_grad():
        assert net(leaf(1.0)).grad_fn is None
    assert seen == []


def test_other_outputs_warn():
    net = Double()
    net.register_full_backward_hook(lambda *a: None)
    net.forward = lambda x: {"y": x * 2}
    with pytest.warns(UserWarning, match="output to be a Tensor or a tuple of Tensors"):
        net(leaf(1.0))


def test_old_hooks_see_the_last_operation():
    seen, net, x = [], Double(), leaf(1.0)
    net.register_backward_hook(lambda m, gi, go: seen.append((plain(gi)[0], plain(go))))
    net(x).sum().backward()
    assert seen == [([2.0], [[1.0]])]


def test_kinds_do_not_mix():
    one, two = Double(), Double()
    one.register_backward_hook(lambda *a: None)
    two.register_full_backward_hook(lambda *a: None)
    with pytest.raises(RuntimeError, match="hooks of one kind"):
        one.register_full_backward_hook(lambda *a: None)
    with pytest.raises(RuntimeError, match="hooks of one kind"):
        two.register_backward_hook(lambda *a: None)
    with register_module_backward_hook(lambda *a: None):
        with pytest.raises(RuntimeError, match="hooks of one kind"):
            register_module_full_backward_hook(lambda *a: None)
