"""The transforms' classes, against torchvision: results, draws, texts, errors."""

import pickle

import pytest

import rushlight as torch
from rushlight.vision import transforms as T
from tests.vision.recorded.compare import ANSWERS, check


@pytest.mark.parametrize("expression", ANSWERS["transforms"])
def test_as_torchvision(expression):
    check(expression, ANSWERS["transforms"][expression])


def test_compose_may_be_changed_afterwards():
    stack = T.Compose([T.CenterCrop(2)])
    stack.transforms.append(T.Lambda(lambda x: x.sum().item()))
    assert stack(torch.ones(1, 4, 4)) == 4


def test_hooks_run():
    flip, seen = T.RandomHorizontalFlip(p=1.0), []
    flip.register_forward_hook(lambda module, args, out: seen.append(out.tolist()))
    flip(torch.tensor([[1, 2]]))
    assert seen == [[[2, 1]]]


def test_transforms_can_be_sent_to_workers():
    stack = T.Compose([T.RandomCrop(3, 1), T.ToTensor(), T.Normalize([0.5], [0.5])])
    again = pickle.loads(pickle.dumps(stack))
    assert repr(again) == repr(stack)


def test_transforms_go_into_a_sequential():
    net = torch.nn.Sequential(T.CenterCrop(2), T.Normalize([1.0], [2.0]))
    assert net(torch.full((1, 4, 4), 3.0)).tolist() == [[[1.0, 1.0], [1.0, 1.0]]]


@pytest.mark.parametrize("name", ["RandomRotations", "Scale"])
def test_a_name_that_is_not_here(name):
    with pytest.raises(AttributeError, match="docs/differences.md"):
        getattr(T, name)
