"""Errors that pass a module's call name the module that was running."""

import pytest

import rushlight as torch
from rushlight import nn


class Block(nn.Module):
    """Two layers that do not fit."""

    def __init__(self, inner=5):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(4, 4), nn.Linear(inner, 4)

    def forward(self, x):
        return self.fc2(self.fc1(x))


class Net(nn.Module):
    """A block below a container."""

    def __init__(self, block):
        super().__init__()
        self.encoder = nn.Sequential(nn.ReLU(), nn.ReLU(), block)

    def forward(self, x):
        return self.encoder(x)


def error_of(call, kind=RuntimeError):
    with pytest.raises(kind) as caught:
        call()
    return caught.value


def test_the_path_begins_with_the_callers_name():
    model = Net(Block())
    error = error_of(lambda: model(torch.ones(2, 4)))
    assert str(error).endswith(" In model.encoder.2.fc2 (Linear).")
    assert str(error).count(" In ") == 1
    assert error.module_path == "model.encoder.2.fc2"
    assert len(error.args) == 1


def test_the_path_begins_with_the_class_where_there_is_no_name():
    error = error_of(lambda: Net(Block())(torch.ones(2, 4)))
    assert str(error).endswith(" In Net.encoder.2.fc2 (Linear).")


def test_attributes_of_what_is_no_module_are_named():
    class Trainer:
        def __init__(self):
            self.model = Block()

        def step(self):
            return self.model(torch.ones(2, 4))

    assert error_of(Trainer().step).module_path == "self.model.fc2"


def test_a_users_own_forward_is_named():
    class Adds(nn.Module):
        def forward(self, x):
            return x + torch.ones(3)

    net = Net(Adds())
    assert error_of(lambda: net(torch.ones(2))).module_path == "net.encoder.2"


def test_a_module_in_a_plain_list_is_named_by_its_variable():
    class Hides(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Linear(5, 4)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    net = Hides()
    assert error_of(lambda: net(torch.ones(2, 4))).module_path == "layer"


class Scale(nn.Module):
    """A product with a parameter."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(5))

    def forward(self, x):
        return x * self.weight


@pytest.mark.parametrize(
    ("kind", "error", "make"),
    [
        (nn.Linear, RuntimeError, lambda: torch.ones(2, 5, dtype=torch.int64)),
        (nn.Linear, TypeError, lambda: [1.0]),
        (Scale, RuntimeError, lambda: torch.ones(2, 5, device="meta")),
        (Scale, RuntimeError, lambda: torch.ones(2, 4)),
    ],
)
def test_kinds_of_errors_keep_their_type(kind, error, make):
    model = nn.Sequential(kind(5, 4) if kind is nn.Linear else kind())
    caught = error_of(lambda: model(make()), error)
    assert str(caught).endswith(f" In model.0 ({kind.__name__}).")


def test_indices_and_views():
    model = nn.Embedding(3, 2)
    error = error_of(lambda: model(torch.tensor([3])), IndexError)
    assert str(error).endswith(" In model (Embedding).")

    class Flat(nn.Module):
        def forward(self, x):
            return x.t().view(-1)

    flat = Flat()
    error = error_of(lambda: flat(torch.ones(2, 3)))
    assert str(error).endswith(" In flat (Flat).")


def test_hooks_do_not_hide_the_name():
    model = Block()
    model.fc2.register_forward_pre_hook(lambda module, args: None)
    error = error_of(lambda: model(torch.ones(2, 4)))
    assert error.module_path == "model.fc2"


def test_outside_of_modules_nothing_is_added():
    text = str(error_of(lambda: torch.ones(2) + torch.ones(3)))
    assert " In " not in text


def test_other_errors_are_left_alone():
    class Fails(nn.Module):
        def forward(self, x):
            raise ValueError("mine")

    error = error_of(lambda: nn.Sequential(Fails())(1), ValueError)
    assert error.args == ("mine",)


def test_an_error_that_was_named_keeps_its_name_when_it_is_raised_again():
    class Again(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, x):
            try:
                return self.inner(x)
            except RuntimeError as error:
                raise error from None

    model = Again(Block())
    error = error_of(lambda: model(torch.ones(2, 4)))
    assert str(error).count(" In model.inner.fc2 (Linear).") == 1


def test_a_compiled_module_has_the_path_of_what_it_wraps():
    compiled = torch.compile(Block())
    error = error_of(lambda: compiled(torch.ones(2, 4)))
    assert error.module_path == "compiled.fc2"
