"""Walks: names, order, duplicates, paths."""

import pytest

import rushlight as torch
from rushlight import nn


class Leaf(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(1))
        self.register_buffer("b", torch.ones(1))


class Net(nn.Module):
    """A shared module, a shared parameter, empty places."""

    def __init__(self):
        super().__init__()
        self.one = Leaf()
        self.top = nn.Parameter(torch.ones(1))
        self.same = self.one
        self.none = None
        self.register_parameter("nothing", None)
        self.two = nn.Sequential(Leaf(), nn.ReLU())
        self.tied = self.one.w


NET = Net()
WALKS = {
    "named_parameters": (
        NET.named_parameters,
        {},
        ["top", "tied", "two.0.w"],
    ),
    "named_parameters, all": (
        NET.named_parameters,
        {"remove_duplicate": False},
        ["top", "tied", "one.w", "same.w", "two.0.w"],
    ),
    "named_parameters, prefix": (
        NET.named_parameters,
        {"prefix": "p", "recurse": False},
        ["p.top", "p.tied"],
    ),
    "named_buffers": (NET.named_buffers, {}, ["one.b", "two.0.b"]),
    "named_buffers, all": (
        NET.named_buffers,
        {"remove_duplicate": False},
        ["one.b", "same.b", "two.0.b"],
    ),
    "named_modules": (
        NET.named_modules,
        {},
        ["", "one", "two", "two.0", "two.1"],
    ),
    "named_modules, all": (
        NET.named_modules,
        {"remove_duplicate": False, "prefix": "m"},
        ["m", "m.one", "m.same", "m.two", "m.two.0", "m.two.1"],
    ),
    "named_children": (NET.named_children, {}, ["one", "two"]),
}


@pytest.mark.parametrize("walk", WALKS)
def test_names(walk):
    method, options, names = WALKS[walk]
    assert [name for name, _ in method(**options)] == names


def test_values_without_names():
    assert list(NET.parameters()) == [v for _, v in NET.named_parameters()]
    assert list(NET.buffers(recurse=False)) == []
    assert [type(m).__name__ for m in NET.modules()] == [
        *["Net", "Leaf", "Sequential", "Leaf", "ReLU"]
    ]
    assert list(NET.children()) == [NET.one, NET.two]


def test_memo_is_filled():
    memo = {NET.two}
    assert [name for name, _ in NET.named_modules(memo)] == ["", "one"]
    assert NET.one in memo


def test_modules_may_be_replaced_on_the_way():
    net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.ReLU(), nn.Tanh()))
    for module in net.modules():
        for name, below in module.named_children():
            if isinstance(below, nn.ReLU):
                setattr(module, name, nn.GELU())
    assert not any(isinstance(m, nn.ReLU) for m in net.modules())


def test_a_child_may_name_its_own():
    class Hidden(nn.Module):
        def named_modules(self, memo=None, prefix="", remove_duplicate=True):
            yield prefix + "!", self

    net = nn.Sequential(Hidden(), nn.ReLU())
    assert [name for name, _ in net.named_modules()] == ["", "0!", "1"]


def test_a_deep_tree_needs_no_recursion():
    net = nn.Sequential()
    for _ in range(5000):
        net = nn.Sequential(net)
    assert sum(1 for _ in net.modules()) == 5001
    while len(net):  # let go from the top: no deep chain of destructors
        net = net[0]


def test_apply_goes_from_the_leaves_up():
    seen = []
    net = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["ReLU", "Sequential", "Tanh", "Sequential"]


def test_paths():
    assert NET.get_submodule("") is NET
    assert NET.get_submodule("two.0") is NET.two[0]
    assert NET.get_parameter("two.0.w") is NET.two[0].w
    assert NET.get_buffer("one.b") is NET.one.b
    net = nn.Sequential(nn.Sequential(nn.ReLU()))
    net.set_submodule("0.0", nn.Tanh())
    assert isinstance(net[0][0], nn.Tanh)
    net.set_submodule("new", nn.Tanh())
    assert isinstance(net.new, nn.Tanh)


BAD_PATHS = [
    (lambda: NET.get_submodule("zz"), AttributeError, "Net has no attribute `zz`"),
    (lambda: NET.get_submodule("top"), AttributeError, "`top`.* not an nn.Module"),
    (lambda: NET.get_submodule("two.1.x"), AttributeError, "ReLU has no attribute `x`"),
    (lambda: NET.get_parameter("one"), AttributeError, "not an nn.Parameter"),
    (lambda: NET.get_parameter("one.b"), AttributeError, "not an nn.Parameter"),
    (lambda: NET.get_parameter(""), AttributeError, "no attribute ``"),
    (lambda: NET.get_buffer("top"), AttributeError, "`top`.* not a buffer"),
    (lambda: NET.get_buffer("zz"), AttributeError, "no attribute `zz`"),
    (lambda: NET.set_submodule("", nn.ReLU()), ValueError, "the target name"),
    (lambda: NET.set_submodule("one", 3), ValueError, "expected an nn.Module"),
    (lambda: NET.set_submodule("top", nn.ReLU()), AttributeError, "not an nn.Module"),
    (
        lambda: NET.set_submodule("new", nn.ReLU(), strict=True),
        AttributeError,
        "no attribute `new`",
    ),
]


@pytest.mark.parametrize("call, kind, text", BAD_PATHS)
def test_bad_paths(call, kind, text):
    with pytest.raises(kind, match=text):
        call()
