"""Averages of weights over training."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.optim import swa_utils


def model_of(value):
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
    with torch.no_grad():
        for p in model.parameters():
            p.fill_(value)
        model[1].running_mean.fill_(value)
    return model


@pytest.mark.parametrize(
    "options, wanted",
    [
        ({}, 10 / 3),
        ({"avg_fn": swa_utils.get_swa_avg_fn()}, 10 / 3),
        ({"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()}, 10 / 3),
        ({"avg_fn": swa_utils.get_ema_avg_fn(0.5)}, 4.0),
        ({"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.5)}, 4.0),
    ],
)
def test_averages(options, wanted):
    average = swa_utils.AveragedModel(model_of(0.0), **options)
    for value in (1.0, 3.0, 6.0):  # the first is copied
        average.update_parameters(model_of(value))
    for p in average.parameters():
        np.testing.assert_allclose(p.detach().numpy(), wanted, rtol=1e-6)
    assert average.module[1].running_mean.item() == 6.0
    assert average.n_averaged.item() == 3
    assert next(iter(average.state_dict())) == "n_averaged"


def test_buffers_may_be_averaged_too():
    moving = swa_utils.get_ema_multi_avg_fn(0.5)
    average = swa_utils.AveragedModel(
        model_of(0.0), multi_avg_fn=moving, use_buffers=True
    )
    for value in (1.0, 3.0):
        average.update_parameters(model_of(value))
    assert average.module[1].running_mean.item() == 2.0


def test_update_bn_makes_statistics_of_all_batches():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(1))
    model.eval()
    batches = [torch.tensor([[0.0], [2.0]]), torch.tensor([[4.0], [6.0]])]
    swa_utils.update_bn([(b, None) for b in batches], model)
    assert model[0].running_mean.item() == 3.0
    assert model[0].momentum == 0.1
    assert not model.training


def test_swalr_comes_to_its_rate():
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    scheduler = swa_utils.SWALR(optimizer, 0.1, 3, "linear")
    rates = []
    for _ in range(5):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    assert rates == pytest.approx([1.0, 0.7, 0.4, 0.1, 0.1])
    assert "anneal_func" not in scheduler.state_dict()


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda: swa_utils.get_ema_avg_fn(2.0), ValueError, "Invalid decay value 2.0"),
        (
            lambda: swa_utils.AveragedModel(
                model_of(0.0), avg_fn=abs, multi_avg_fn=abs
            ),
            AssertionError,
            "Only one of avg_fn",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make()
