"""Module: making, calling, text, copies; its parts are tested in tests/nn/_module."""

import copy
import pickle
import sys

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.modules.module import register_module_forward_hook


class Net(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.w = nn.Parameter(torch.ones(1))

    def forward(self, x, *, scale=1):
        return x * self.w * scale


def python_calls(function):
    """The Python functions that a call enters, in order."""
    called = []

    def note(frame, event, _):
        if event == "call":
            called.append(frame.f_code.co_name)

    function()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return called[1:]


def test_a_call_without_hooks_goes_straight_to_forward():
    class Identity(nn.Module):
        def forward(self, x):
            return x

    net = Identity()
    assert python_calls(lambda: net(1)) == ["__call__", "forward"]


def test_hooks_of_all_modules_switch_every_call():
    seen = []
    net = Net()
    with register_module_forward_hook(lambda *a: seen.append(1)):
        net(torch.ones(1))
    net(torch.ones(1))
    assert seen == [1]


def test_arguments_reach_forward():
    assert Net()(torch.ones(1), scale=3).tolist() == [3]
    with pytest.raises(TypeError, match="forward"):
        Net()()


def test_forward_is_required():
    with pytest.raises(NotImplementedError, match=r"Module \[Empty\].*missing the req"):
        type("Empty", (nn.Module,), {})()(1)


@pytest.mark.parametrize(
    "arguments, text",
    [
        (((1,), {}), "takes 1 positional argument but 2 were given"),
        (((), {"a": 1}), "got an unexpected keyword argument 'a'"),
    ],
)
def test_constructor_arguments_are_refused(arguments, text):
    args, kwargs = arguments
    with pytest.raises(TypeError, match=text):
        Net(*args, **kwargs)


def test_the_next_class_in_line_may_be_called():
    class Mixin:
        def __init__(self, width):
            self.width = width

    class Both(nn.Module, Mixin):
        call_super_init = True

    assert Both(3).width == 3
    assert not hasattr(type("Without", (nn.Module, Mixin), {})(), "width")


def test_text():
    class Wide(nn.Module):
        def __init__(self, text):
            super().__init__()
            self.text = text

        def extra_repr(self):
            return self.text

    assert repr(nn.Module()) == "Module()"
    assert repr(Wide("a=1")) == "Wide(a=1)"
    assert repr(Wide("a=1\nb=2")) == "Wide(\n  a=1\n  b=2\n)"
    net = Wide("a=1")
    net.inner = nn.Sequential(Wide("x"), Wide("y\nz"))
    net.empty = None
    net.register_module("later", None)
    assert (
        repr(net)
        == """\
Wide(
  a=1
  (inner): Sequential(
    (0): Wide(x)
    (1): Wide(
      y
      z
    )
  )
  (later): None
)"""
    )


def test_deepcopy_shares_nothing():
    net = nn.Sequential(Net())
    net.tied = net[0].w
    copied = copy.deepcopy(net)
    assert copied[0].w is copied.tied and copied.tied is not net.tied
    copied.tied.data.zero_()
    assert net.tied.tolist() == [1]


def test_copy_shares_the_registers():
    net = Net()
    other = copy.copy(net)
    assert other.w is net.w and other._parameters is net._parameters
    other.training = False
    assert net.training


def test_pickle():
    net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).eval()
    loaded = pickle.loads(pickle.dumps(net))
    assert repr(loaded) == repr(net) and not loaded.training
    for name, value in net.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], value)


def test_old_pickles_get_the_fields_that_came_later():
    net = Net()
    state = {k: v for k, v in net.__dict__.items() if "hooks" not in k}
    other = Net.__new__(Net)
    other.__setstate__(state)
    assert other(torch.ones(1)).tolist() == [1]


def test_annotations_and_properties_work():
    class Annotated(nn.Module):
        width: int

        def __init__(self):
            super().__init__()
            self.width = 2
            self._scale = 1.0

        @property
        def scale(self):
            return self._scale

        @scale.setter
        def scale(self, value):
            self._scale = value * 2

    net = Annotated()
    net.scale = 3
    assert net.scale == 6 and net.width == 2


def test_tensors_are_plain_attributes():
    net = nn.Module()
    net.t = torch.ones(1)
    assert "t" in net.__dict__ and list(net.state_dict()) == []


def test_a_misspelt_forward_is_shown():
    class Slip(nn.Module):
        def foward(self, x):
            return x

    with pytest.raises(NotImplementedError, match=r"of __init__; it has foward\."):
        Slip()(1)
