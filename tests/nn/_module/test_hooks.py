"""Hooks around forward: order, replacement, keyword arguments, errors."""

import copy
import pickle

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)


class Net(nn.Module):
    def forward(self, x, scale=1):
        return x * scale


class Failing(nn.Module):
    def forward(self, x):
        raise ValueError("the module's own")


def noting(seen, name, result=None):
    """A hook that notes its name and returns something."""

    def hook(*args):
        seen.append(name)
        return result

    return hook


def test_order():
    seen, net = [], Net()
    net.register_forward_pre_hook(noting(seen, "pre 1"))
    net.register_forward_pre_hook(noting(seen, "pre 0"), prepend=True)
    net.register_forward_hook(noting(seen, "post 1"))
    net.register_forward_hook(noting(seen, "post 0"), prepend=True)
    everywhere = [
        register_module_forward_pre_hook(noting(seen, "every pre")),
        register_module_forward_hook(noting(seen, "every post")),
    ]
    net(torch.ones(1))
    for handle in everywhere:
        handle.remove()
    assert seen == ["every pre", "pre 0", "pre 1", "every post", "post 0", "post 1"]
    seen.clear()
    net(torch.ones(1))
    assert seen == ["pre 0", "pre 1", "post 0", "post 1"]


def test_what_hooks_get_and_replace():
    seen, net, x = [], Net(), torch.ones(1)
    net.register_forward_pre_hook(lambda *a: seen.append(a))
    net.register_forward_pre_hook(lambda m, args: args[0] + 1)
    net.register_forward_pre_hook(
        lambda m, args, kwargs: (args, {"scale": kwargs["scale"] + 1}), with_kwargs=True
    )
    net.register_forward_hook(lambda *a: seen.append(a))
    net.register_forward_hook(lambda *a: seen.append(a), with_kwargs=True)
    net.register_forward_hook(lambda m, args, output: output * 100)
    assert net(x, scale=2).tolist() == [600]
    (module, args), after, with_kwargs = seen
    assert module is net and args[0] is x and len(args) == 1
    assert [type(a) for a in after] == [Net, tuple, torch.Tensor]
    assert with_kwargs[2] == {"scale": 3} and after[1][0].tolist() == [2]


@pytest.mark.parametrize("result", [3, (1,), (1, 2, 3)])
def test_a_pre_hook_with_kwargs_returns_both(result):
    net = Net()
    net.register_forward_pre_hook(lambda *a: result, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"a tuple of \(new_args, new_kwargs\)"):
        net(torch.ones(1))


def test_handles():
    seen, net = [], Net()
    handle = net.register_forward_hook(noting(seen, "a"), with_kwargs=True)
    handle.remove()
    handle.remove()
    assert not net._forward_hooks and not net._forward_hooks_with_kwargs
    with net.register_forward_pre_hook(noting(seen, "b")):
        net(torch.ones(1))
    net(torch.ones(1))
    assert seen == ["b"]


def test_a_hook_may_remove_itself():
    seen, net = [], Net()

    def once(*args):
        seen.append(1)
        handle.remove()

    handle = net.register_forward_hook(once)
    net(torch.ones(1))
    net(torch.ones(1))
    assert seen == [1]


def test_always_called_hooks_see_errors():
    seen, net = [], Failing()
    net.register_forward_hook(
        lambda m, a, output: seen.append(output), always_call=True
    )
    net.register_forward_hook(noting(seen, "not called"))
    with pytest.raises(ValueError, match="the module's own"):
        net(1)
    assert seen == [None]


def test_always_called_hooks_run_once():
    seen, net = [], Net()
    net.register_forward_hook(noting(seen, "a"), always_call=True)
    net.register_forward_hook(lambda *a: 1 / 0)
    net.register_forward_hook(lambda m, a, out: seen.append(out), always_call=True)
    with pytest.raises(ZeroDivisionError):
        net(torch.ones(1))
    assert seen[0] == "a" and seen[1].tolist() == [1] and len(seen) == 2


def test_an_error_in_an_always_called_hook_is_a_warning():
    net = Failing()
    net.register_forward_hook(lambda *a: 1 / 0, always_call=True)
    with pytest.warns(UserWarning, match="ZeroDivisionError.*silenced"):
        with pytest.raises(ValueError, match="the module's own"):
            net(1)


def test_always_called_everywhere():
    seen = []
    handle = register_module_forward_hook(noting(seen, "a"), always_call=True)
    try:
        with pytest.raises(ValueError):
            Failing()(1)
    finally:
        handle.remove()
    assert seen == ["a"]


SEEN = []


def note(module, args, kwargs, output):
    SEEN.append(module)


def test_hooks_are_copied_with_the_module():
    SEEN.clear()
    net = Net()
    net.register_forward_hook(note, with_kwargs=True)
    copies = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
    for copied in copies:
        copied(torch.ones(1))
    assert SEEN == copies


def test_an_instances_forward_counts():
    net = Net()
    net.forward = lambda x: x + 10
    assert net(torch.ones(1)).tolist() == [11]
