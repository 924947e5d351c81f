"""load_state_dict: what fits, what does not, how it is said, hooks."""

import copy
from collections import OrderedDict

import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn._module.loading import _IncompatibleKeys


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.bn = nn.BatchNorm1d(2)


STATE = Net().state_dict()


def changed(**changes):
    """STATE with entries replaced, or taken out where None."""
    state = dict(STATE)
    for key, value in changes.items():
        key = key.replace("__", ".")
        state.pop(key, None)
        if value is not None:
            state[key] = value
    return state


def test_all_keys():
    net = Net()
    keys = net.load_state_dict({k: v + 1 for k, v in STATE.items()})
    assert repr(keys) == str(keys) == "<All keys matched successfully>"
    assert tuple(keys) == ([], [])
    for name, value in net.state_dict().items():
        assert torch.equal(value, STATE[name] + 1)


def size_line(key, theirs, ours):
    return (
        f"size mismatch for {key}: copying a param with shape torch.Size({theirs}) "
        f"from checkpoint, the shape in current model is torch.Size({ours})."
    )


# (state_dict, the lines of the error after its first)
ERRORS = {
    "missing and unexpected": (
        changed(fc__weight=None, x=torch.ones(1), fc__y__z=torch.ones(1)),
        [
            'Missing key(s) in state_dict: "fc.weight". ',
            'Unexpected key(s) in state_dict: "x", "fc.y.z". ',
        ],
    ),
    "sizes": (
        changed(fc__bias=torch.ones(3), bn__num_batches_tracked=torch.ones(2)),
        [
            size_line("fc.bias", [3], [2]),
            size_line("bn.num_batches_tracked", [2], []),
        ],
    ),
    "all": (
        changed(fc__weight=None, fc__bias=torch.ones(1), bn__weight=3, x=1),
        [
            'Missing key(s) in state_dict: "fc.weight". ',
            'Unexpected key(s) in state_dict: "x". ',
            size_line("fc.bias", [1], [2]),
            (
                'While copying the parameter named "bn.weight", expected torch.Tensor '
                "or Tensor-like object from checkpoint but received <class 'int'>"
            ),
        ],
    ),
}


@pytest.mark.parametrize("state, lines", ERRORS.values(), ids=ERRORS.keys())
def test_errors_list_everything(state, lines):
    with pytest.raises(RuntimeError) as caught:
        Net().load_state_dict(state)
    first = "Error(s) in loading state_dict for Net:"
    assert str(caught.value) == "\n\t".join([first, *lines])


def test_not_strict_reports_keys_but_refuses_sizes():
    state = changed(fc__weight=None, x=torch.ones(1))
    keys = Net().load_state_dict(state, strict=False)
    assert repr(keys) == (
        "_IncompatibleKeys(missing_keys=['fc.weight'], unexpected_keys=['x'])"
    )
    with pytest.raises(RuntimeError, match="size mismatch for fc.bias"):
        Net().load_state_dict(changed(fc__bias=torch.ones(3)), strict=False)


@pytest.mark.parametrize("given", [3, None, [("a", 1)]])
def test_only_mappings(given):
    with pytest.raises(TypeError, match="state_dict to be dict-like"):
        Net().load_state_dict(given)


def test_values_are_copied_and_the_mapping_is_left_alone():
    state = OrderedDict(copy.deepcopy(STATE))
    net = Net()
    net.load_state_dict(state)
    net.fc.weight.data.zero_()
    assert torch.equal(state["fc.weight"], STATE["fc.weight"])
    assert list(state) == list(STATE)


def test_one_value_fits_a_scalar():
    net = Net()
    net.load_state_dict(changed(bn__num_batches_tracked=torch.tensor([7])))
    assert net.bn.num_batches_tracked.tolist() == 7


def test_gradients_do_not_flow_into_the_copy():
    net = Net()
    net.load_state_dict(
        {
            k: v.clone().requires_grad_() if v.is_floating_point() else v
            for k, v in STATE.items()
        }
    )
    assert net.fc.weight.is_leaf and net.fc.weight.requires_grad


def test_assign_takes_the_tensors_themselves():
    net = Net()
    state = {k: v.double() if v.is_floating_point() else v for k, v in STATE.items()}
    net.load_state_dict(state, assign=True)
    assert net.fc.weight.dtype == torch.float64
    assert type(net.fc.weight) is nn.Parameter and net.fc.weight.requires_grad
    assert net.bn.running_mean is state["bn.running_mean"]
    frozen = nn.Parameter(torch.ones(2, 2), requires_grad=False)
    net.load_state_dict(changed(fc__weight=frozen), assign=True)
    assert net.fc.weight is frozen and frozen.requires_grad


def test_assign_is_forgotten_afterwards():
    state = copy.deepcopy(STATE)
    net = Net()
    net.load_state_dict(state, assign=True)
    weight = net.fc.weight
    net.load_state_dict(state)
    assert net.fc.weight is weight


def test_a_meta_module_wants_assign():
    net = nn.Linear(2, 2, device="meta")
    state = nn.Linear(2, 2).state_dict()
    with pytest.warns(UserWarning, match="meta parameter.*Pass assign=True"):
        net.load_state_dict({"weight": state["weight"], "bias": net.bias})
    net.load_state_dict(state, assign=True)
    assert torch.equal(net.weight, state["weight"]) and not net.weight.is_meta


def test_a_copy_that_fails_is_listed():
    with pytest.raises(RuntimeError, match='copying the parameter named "fc.weight"'):
        Net().load_state_dict(changed(fc__weight=torch.ones(2, 2, device="meta")))


def test_pre_hooks_may_rename():
    def rename(state, prefix, *rest):
        state[prefix + "weight"] = state.pop(prefix + "old")

    net = nn.Linear(1, 1)
    net._register_load_state_dict_pre_hook(rename)
    net.load_state_dict({"old": torch.ones(1, 1), "bias": torch.ones(1)})
    assert net.weight.tolist() == [[1]]


def test_hooks_see_module_arguments_and_keys():
    seen = []
    net = nn.Sequential(nn.Linear(1, 1))
    net[0].register_load_state_dict_pre_hook(lambda *a: seen.append(a))
    handle = net.register_load_state_dict_post_hook(lambda *a: seen.append(a))
    state = net.state_dict()
    net.load_state_dict(state)
    module, part, prefix, local, strict, *lists = seen[0]
    assert module is net[0] and sorted(part) == ["0.bias", "0.weight"]
    assert (prefix, local, strict, lists) == ("0.", {"version": 1}, True, [[], [], []])
    assert seen[1] == (net, _IncompatibleKeys([], []))
    handle.remove()
    copied = copy.deepcopy(net)
    copied.load_state_dict(state)
    assert seen[2][0] is copied[0]


def test_post_hooks_may_clear_keys_but_return_nothing():
    net = nn.Linear(1, 1)
    handle = net.register_load_state_dict_post_hook(
        lambda module, keys: keys.missing_keys.clear()
    )
    assert net.load_state_dict({}) == ([], [])
    handle.remove()
    net.register_load_state_dict_post_hook(lambda module, keys: 3)
    with pytest.raises(AssertionError, match="hooks are not expected to return"):
        net.load_state_dict(net.state_dict())


def test_a_layer_may_have_a_format_of_its_own():
    class Doubled(nn.Linear):
        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "bias"] = destination[prefix + "bias"] * 2

        def _load_from_state_dict(self, state_dict, prefix, *rest):
            state_dict[prefix + "bias"] = state_dict[prefix + "bias"] / 2
            super()._load_from_state_dict(state_dict, prefix, *rest)

    one, two = nn.Sequential(Doubled(1, 1)), nn.Sequential(Doubled(1, 1))
    state = one.state_dict()
    assert state["0.bias"] == one[0].bias * 2
    two.load_state_dict(state)
    assert torch.equal(one[0].bias, two[0].bias)
