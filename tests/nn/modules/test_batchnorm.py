"""Batch normalisation's statistics: counted, averaged, reset, loaded."""

from collections import OrderedDict

import pytest

import rushlight as torch
from rushlight import nn

X = torch.tensor([[1.0], [3.0], [8.0]])


def test_running_statistics_move_by_momentum():
    layer = nn.BatchNorm1d(1, momentum=0.25)
    layer(X)
    assert layer.running_mean.tolist() == [1.0]
    assert layer.running_var.tolist() == [0.75 + 0.25 * 13]
    assert layer.num_batches_tracked.item() == 1
    layer.eval()(X)
    assert layer.num_batches_tracked.item() == 1


def test_without_momentum_they_are_the_mean_of_all_batches():
    layer = nn.BatchNorm1d(1, momentum=None)
    layer(X)
    layer(X + 4)
    assert layer.running_mean.item() == pytest.approx(6)
    assert layer.num_batches_tracked.item() == 2


def test_evaluation_uses_them():
    layer = nn.BatchNorm1d(1, eps=0.0).eval()
    layer.running_mean.fill_(1.0)
    layer.running_var.fill_(4.0)
    assert layer(X).tolist() == [[0], [1], [3.5]]


def test_without_them_evaluation_uses_the_batch():
    layer = nn.BatchNorm1d(1, track_running_stats=False).eval()
    assert layer.running_mean is None and layer.num_batches_tracked is None
    assert abs(layer(X).mean().item()) < 1e-6


def test_statistics_may_be_taken_away():
    layer = nn.BatchNorm1d(1)
    layer.running_mean = layer.running_var = None
    assert abs(layer.eval()(X).mean().item()) < 1e-6


def test_resetting():
    layer = nn.BatchNorm1d(1)
    layer(X)
    layer.reset_running_stats()
    assert layer.running_mean.tolist() == [0] and layer.running_var.tolist() == [1]
    assert layer.num_batches_tracked.item() == 0
    layer.weight.data.zero_()
    layer.reset_parameters()
    assert layer.weight.tolist() == [1]


def test_old_checkpoints_lack_the_count():
    layer = nn.BatchNorm1d(1)
    state = layer.state_dict()
    del state["num_batches_tracked"]
    with pytest.raises(RuntimeError, match="num_batches_tracked"):
        layer.load_state_dict(state)
    state._metadata = OrderedDict({"": {"version": 1}})
    assert tuple(layer.load_state_dict(state)) == ([], [])


def test_instance_norm_refuses_old_statistics():
    layer = nn.InstanceNorm1d(3)
    state = {"running_mean": torch.ones(3), "running_var": torch.ones(3)}
    with pytest.raises(RuntimeError) as caught:
        layer.load_state_dict(state)
    assert "Unexpected running stats" in str(caught.value)
    assert "Unexpected key" not in str(caught.value)


def test_instance_norm_takes_a_single_sample():
    layer = nn.InstanceNorm2d(2)
    x = torch.arange(8.0).view(2, 2, 2)
    assert torch.equal(layer(x), layer(x.unsqueeze(0)).squeeze(0))
