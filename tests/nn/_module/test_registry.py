"""What a module holds: registration by name and by assignment, and what is refused."""

import pytest

import rushlight as torch
from rushlight import nn


class Early(nn.Module):
    """Does something before (or without) super().__init__()."""

    def __init__(self, act):
        act(self)


BEFORE_INIT = {
    "module": lambda m: setattr(m, "l", nn.ReLU()),
    "parameters": lambda m: setattr(m, "l", nn.Parameter(torch.ones(1))),
    "parameter": lambda m: m.register_parameter("l", None),
    "buffer": lambda m: m.register_buffer("l", torch.ones(1)),
}


@pytest.mark.parametrize("kind", BEFORE_INIT)
def test_nothing_is_registered_before_init(kind):
    with pytest.raises(AttributeError, match=f"cannot assign {kind} before Module"):
        Early(BEFORE_INIT[kind])


def test_plain_attributes_may_come_before_init():
    class Net(nn.Module):
        def __init__(self):
            self.width = 3
            super().__init__()

    assert Net().width == 3


def test_a_module_without_init_says_so():
    module = Early(lambda m: None)
    with pytest.raises(AttributeError, match=r"super\(\).__init__\(\) to have run"):
        module(1)
    with pytest.raises(AttributeError, match="'Early' object has no attribute 'x'"):
        module.x


REGISTER = {
    "buffer": lambda m, name, value=None: m.register_buffer(name, value),
    "parameter": lambda m, name, value=None: m.register_parameter(name, value),
    "module": lambda m, name, value=None: m.add_module(name, value),
}
BAD_NAMES = [
    ("a.b", KeyError, r"name can't contain \"\.\""),
    ("", KeyError, "name can't be empty"),
    (1, TypeError, "name: expected a string, got 1"),
    ("training", KeyError, "attribute 'training' already exists"),
    ("forward", KeyError, "attribute 'forward' already exists"),
]


@pytest.mark.parametrize("name, kind, text", BAD_NAMES)
@pytest.mark.parametrize("register", REGISTER)
def test_bad_names(register, name, kind, text):
    with pytest.raises(kind, match=text):
        REGISTER[register](nn.Module(), name)


BAD_VALUES = [
    ("buffer", 3, TypeError, "cannot assign 'int' as buffer 'x'"),
    ("parameter", 3, TypeError, "cannot assign 'int' as parameter 'x'"),
    ("parameter", torch.ones(1), TypeError, "cannot assign 'Tensor' as parameter"),
    ("module", 3, TypeError, "int is not a Module subclass"),
]


@pytest.mark.parametrize("register, value, kind, text", BAD_VALUES)
def test_bad_values(register, value, kind, text):
    module = nn.Module()
    with pytest.raises(kind, match=text):
        REGISTER[register](module, "x", value)
    assert not hasattr(module, "x")


def holder():
    module = nn.Module()
    module.p = nn.Parameter(torch.ones(1))
    module.b = nn.Buffer(torch.ones(1))
    module.m = nn.ReLU()
    return module


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("p", torch.ones(1), "cannot assign 'Tensor' as parameter 'p'"),
        ("p", 3, "cannot assign 'int' as parameter 'p'"),
        ("b", 3, "cannot assign 'int' as buffer 'b'"),
        ("m", 3, "cannot assign 'int' as child module 'm'"),
    ],
)
def test_a_name_keeps_its_kind(name, value, text):
    module = holder()
    with pytest.raises(TypeError, match=text):
        setattr(module, name, value)


def test_assignment_sorts_by_type():
    module = holder()
    assert list(module._parameters) == ["p"]
    assert list(module._buffers) == ["b"]
    assert list(module._modules) == ["m"]
    for name in "pbm":
        assert name not in module.__dict__ and getattr(module, name) is not None


def test_none_keeps_the_place():
    module = holder()
    module.p = module.b = module.m = None
    assert module._parameters == module._parameters | {"p": None}
    assert module.p is None and module.b is None and module.m is None
    assert list(module.parameters()) == [] and list(module.children()) == []
    module.p = nn.Parameter(torch.zeros(1))
    assert list(module._parameters) == ["p"]


@pytest.mark.parametrize("first", "pbmx")
@pytest.mark.parametrize("second", ["parameter", "module", "Buffer"])
def test_a_name_moves_to_what_is_assigned_last(first, second):
    module = holder()
    module.x = 3
    value = {
        "parameter": nn.Parameter(torch.zeros(1)),
        "module": nn.ReLU(),
        "Buffer": nn.Buffer(torch.zeros(1)),
    }[second]
    if second == "module" and first == "p" or second == "Buffer" and first in "pm":
        with pytest.raises(TypeError):
            setattr(module, first, value)
        return
    setattr(module, first, value)
    assert getattr(module, first) is value
    homes = [module._parameters, module._buffers, module._modules, module.__dict__]
    assert sum(first in home for home in homes) == 1


def test_a_tensor_replaces_a_buffer_in_place():
    module = holder()
    value = torch.zeros(3)
    module.b = value
    assert module._buffers["b"] is value


def test_persistence_follows_registration():
    module = nn.Module()
    module.register_buffer("a", torch.ones(1), persistent=False)
    assert list(module.state_dict()) == []
    module.register_buffer("a", torch.ones(1))
    assert list(module.state_dict()) == ["a"]
    module.c = nn.Buffer(torch.ones(1), persistent=False)
    assert list(module.state_dict()) == ["a"]
    del module.c
    assert module._non_persistent_buffers_set == set()


def test_results_are_no_parameters():
    leaf = torch.ones(1, requires_grad=True)
    value = nn.Parameter(torch.ones(1))
    value._edge = (leaf * 2)._edge
    with pytest.raises(ValueError, match="cannot assign non-leaf Tensor"):
        nn.Module().register_parameter("p", value)


def test_deleting():
    module = holder()
    module.x = 1
    for name in "pbmx":
        delattr(module, name)
        assert not hasattr(module, name)
    with pytest.raises(AttributeError):
        del module.x


def test_dir_lists_all_but_numbers():
    module = nn.Sequential(nn.ReLU())
    module.extra = nn.Parameter(torch.ones(1))
    assert "extra" in dir(module) and "forward" in dir(module)
    assert "0" not in dir(module) and "training" in dir(module)


def test_a_missing_attribute_suggests_the_nearest():
    module = nn.Module()
    module.linear = nn.ReLU()
    with pytest.raises(AttributeError, match="no attribute 'linaer'") as caught:
        module.linaer
    assert caught.value.name == "linaer" and caught.value.obj is module
