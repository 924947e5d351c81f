"""state_dict: keys, sharing, metadata, hooks, extra state."""

import pickle
from collections import OrderedDict

import pytest

import rushlight as torch
from rushlight import nn


class Net(nn.Module):
    _version = 3

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.bn = nn.BatchNorm1d(2)
        self.register_buffer("unsaved", torch.ones(1), persistent=False)
        self.register_parameter("nothing", None)
        self.none = None


KEYS = [
    "fc.weight",
    "fc.bias",
    "bn.weight",
    "bn.bias",
    "bn.running_mean",
    "bn.running_var",
    "bn.num_batches_tracked",
]


def test_keys_and_metadata():
    state = Net().state_dict()
    assert list(state) == KEYS
    assert type(state) is OrderedDict
    assert state._metadata == OrderedDict(
        {"": {"version": 3}, "fc": {"version": 1}, "bn": {"version": 2}}
    )


def test_values_are_detached_and_share_memory():
    net = Net()
    state = net.state_dict()
    assert not state["fc.weight"].requires_grad
    assert type(state["fc.weight"]) is torch.Tensor
    state["fc.weight"].zero_()
    assert net.fc.weight.abs().sum() == 0
    kept = net.state_dict(keep_vars=True)
    assert kept["fc.weight"] is net.fc.weight
    assert kept["bn.running_mean"] is net.bn.running_mean


def test_prefix_and_destination():
    given = {}
    assert Net().state_dict(destination=given, prefix="p.") is given
    assert list(given) == ["p." + key for key in KEYS]


def test_positional_arguments_are_deprecated():
    given = {}
    net = nn.Linear(1, 1)
    with pytest.warns(FutureWarning, match="positional arguments are deprecated"):
        assert net.state_dict(given, "q.", True) is given
    assert given["q.weight"] is net.weight


def test_metadata_survives_pickle():
    state = pickle.loads(pickle.dumps(Net().state_dict()))
    assert list(state._metadata) == ["", "fc", "bn"]


def test_hooks_run_around():
    seen = []
    net = nn.Sequential(nn.Linear(1, 1))
    net[0].register_state_dict_pre_hook(lambda *a: seen.append(("pre", *a[1:])))
    net[0].register_state_dict_post_hook(
        lambda m, state, *a: seen.append(("post", sorted(state), *a))
    )
    handle = net.register_state_dict_post_hook(
        lambda m, state, prefix, local: state.update(mark=prefix)
    )
    state = net.state_dict(prefix="p.")
    assert seen == [
        ("pre", "p.0.", False),
        ("post", ["p.0.bias", "p.0.weight"], "p.0.", {"version": 1}),
    ]
    assert state["mark"] == "p."
    handle.remove()
    assert "mark" not in net.state_dict()


def test_public_post_hooks_return_nothing_private_ones_replace():
    net = nn.Linear(1, 1)
    net._register_state_dict_hook(lambda *a: {"replaced": 1})
    assert net.state_dict() == {"replaced": 1}

    def hook(*args):
        return {}

    net = nn.Linear(1, 1)
    net.register_state_dict_post_hook(hook)
    with pytest.raises(RuntimeError, match="post-hook must return None"):
        net.state_dict()
    with pytest.raises(RuntimeError, match="registered in one way"):
        net._register_state_dict_hook(hook)


class Extra(nn.Module):
    def __init__(self):
        super().__init__()
        self.note = None

    def get_extra_state(self):
        return {"note": self.note}

    def set_extra_state(self, state):
        self.note = state["note"]


def test_extra_state_goes_along():
    one, two = nn.Sequential(Extra()), nn.Sequential(Extra())
    one[0].note = 5
    state = one.state_dict()
    assert state == {"0._extra_state": {"note": 5}}
    two.load_state_dict(state)
    assert two[0].note == 5
    with pytest.raises(RuntimeError, match=r'Missing key.*"0\._extra_state"'):
        two.load_state_dict({})
    with pytest.raises(RuntimeError, match=r'Unexpected key.*"0\._extra_state"'):
        nn.Sequential(nn.ReLU()).load_state_dict(state)


def test_extra_state_needs_both_methods():
    for call in (nn.Module().get_extra_state, lambda: nn.Module().set_extra_state(1)):
        with pytest.raises(RuntimeError, match="should never be called"):
            call()
