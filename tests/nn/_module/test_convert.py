"""to, float and their kin, train and eval, gradients on and off."""

import pytest

import rushlight as torch
from rushlight import nn


def net():
    return nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))


def dtypes(module):
    return [str(v.dtype)[6:] for v in module.state_dict().values()]


FLOATING = ["float32"] * 6 + ["int64"]
CONVERSIONS = {
    "double": lambda m: m.double(),
    "half": lambda m: m.half(),
    "bfloat16": lambda m: m.bfloat16(),
    "float": lambda m: m.float(),
    "to(dtype)": lambda m: m.to(torch.float64),
    "to(device, dtype)": lambda m: m.to("cpu", torch.float64),
    "to(dtype=)": lambda m: m.to(dtype=torch.float64),
    "to(tensor)": lambda m: m.to(torch.ones(1, dtype=torch.float64)),
    "to(device, None)": lambda m: m.to("cpu", None, True),
}
RESULT = {"half": "float16", "bfloat16": "bfloat16", "float": "float32"}
RESULT["to(device, None)"] = "float32"


@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversions_reach_floating_tensors_only(name):
    module = net()
    parameters = list(module.parameters())
    assert CONVERSIONS[name](module) is module
    wanted = RESULT.get(name, "float64")
    assert dtypes(module) == [wanted] * 6 + ["int64"]
    assert all(a is b for a, b in zip(parameters, module.parameters(), strict=True))


def test_gradients_are_converted_too():
    module = nn.Linear(2, 2)
    module(torch.ones(1, 2)).sum().backward()
    module.double()
    assert module.weight.grad.dtype == torch.float64
    module(torch.ones(1, 2, dtype=torch.float64)).sum().backward()
    assert module.weight.grad.tolist() == [[2, 2], [2, 2]]


def test_type_converts_everything():
    module = net().type(torch.float64)
    assert set(dtypes(module)) == {"float64"}


@pytest.mark.parametrize(
    "arguments, kind, text",
    [
        ((torch.int32,), TypeError, "only accepts floating point or complex dtypes"),
        (("nowhere",), RuntimeError, "got 'nowhere'"),
        (("cpu", torch.float64, False, 4), TypeError, "further arguments"),
    ],
)
def test_bad_targets(arguments, kind, text):
    module = net()
    with pytest.raises(kind, match=text):
        module.to(*arguments)
    assert dtypes(module) == FLOATING


def test_meta_and_back():
    module = net()
    weight = module[0].weight
    module.to("meta")
    assert module[0].weight is not weight and module[0].weight.is_meta
    assert isinstance(module[0].weight, nn.Parameter)
    module.to_empty(device="cpu")
    assert not module[0].weight.is_meta and module[0].weight.requires_grad
    assert module[1].running_mean.shape == (2,)


def test_to_empty_may_stay_at_the_top():
    module = net().to("meta")
    module.to_empty(device="cpu", recurse=False)
    assert module[0].weight.is_meta


def test_modules_may_override_apply():
    class Cached(nn.Module):
        def _apply(self, fn, recurse=True):
            self.applied = True
            return super()._apply(fn, recurse)

    module = nn.Sequential(Cached()).double()
    assert module[0].applied


def test_train_and_eval():
    module = net()
    assert module.eval() is module
    assert not any(m.training for m in module.modules())
    assert module.train() is module
    assert all(m.training for m in module.modules())
    with pytest.raises(ValueError, match="training mode is expected to be boolean"):
        module.train(1)


def test_requires_grad():
    module = net()
    assert module.requires_grad_(False) is module
    assert not any(p.requires_grad for p in module.parameters())
    assert all(p.requires_grad for p in module.requires_grad_().parameters())


def test_zero_grad():
    module = nn.Linear(1, 1)
    module(torch.ones(1, 1)).sum().backward()
    gradient = module.weight.grad
    module.zero_grad(set_to_none=False)
    assert module.weight.grad is gradient and gradient.tolist() == [[0]]
    module.zero_grad()
    assert module.weight.grad is None and module.bias.grad is None


def test_zero_grad_lets_go_of_graphs():
    module = nn.Linear(1, 1)
    (module(torch.ones(1, 1)) ** 2).sum().backward(create_graph=True)
    assert module.weight.grad.grad_fn is not None
    module.zero_grad(set_to_none=False)
    assert module.weight.grad.grad_fn is None


def test_cpu_is_where_it_is():
    module = net()
    weight = module[0].weight
    assert module.cpu()[0].weight is weight


def test_the_order_in_memory():
    module = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Linear(2, 2))
    values = module[0].weight.tolist()
    module.to(memory_format=torch.channels_last)
    assert module[0].weight.stride() == (8, 1, 4, 2)
    assert module[0].weight.tolist() == values and module[1].weight.is_contiguous()
    module.to("cpu", torch.float64, memory_format=torch.contiguous_format)
    assert module[0].weight.is_contiguous()
    assert module[1].weight.dtype == torch.float64
