"""Whether Rushlight has a name, and what is near."""

import pytest

from rushlight.cli.survey.lookup import look_up


@pytest.mark.parametrize(
    "name",
    [
        "torch",
        "torch.nn",
        "torch.nn.functional",
        "torch.nn.functional.relu",
        "torch.nn.Linear",
        "torch.utils.data.DataLoader",
        "torch.float32.itemsize.anything",
        "torch.Tensor.view",
        "torch.Tensor.shape",
        "torch.cuda.is_available",
        "torchvision.transforms.ToTensor",
        "torchvision.datasets",
    ],
)
def test_what_is_there(name):
    assert look_up(name).present


@pytest.mark.parametrize(
    "name, near",
    [
        ("torch.nn.Linaer", "torch.nn.Linear"),
        ("torch.cross_entropy", "torch.nn.functional.cross_entropy"),
        ("torch.Adam", "torch.optim.Adam"),
        ("torch.nn.functionel", "torch.nn.functional"),
        ("torch.util.data", "torch.utils"),
        ("torch.Tensor.viwe", "torch.Tensor.view"),
        ("torchvision.transform", "torchvision.transforms"),
        ("torchvision.transforms.totensor", "torchvision.transforms.ToTensor"),
    ],
)
def test_what_is_near(name, near):
    answer = look_up(name)
    assert not answer.present
    assert near in answer.nearest
    assert len(answer.nearest) <= 3


@pytest.mark.parametrize("name", ["torch.qqqqqqq", "torch.qqqqqqq.zzz", "torch.nn._x9"])
def test_what_nothing_is_near(name):
    answer = look_up(name)
    assert (answer.present, answer.nearest) == (False, ())
