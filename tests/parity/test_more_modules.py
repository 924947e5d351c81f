"""Layers that module_db does not have, or only in part, beside torch's."""

import pytest

torch = pytest.importorskip("torch")

import rushlight  # noqa: E402
from tests.parity.bridge import difference, tensors_in  # noqa: E402

pytestmark = pytest.mark.parity


def adaptive(m):
    options = {"div_value": 2.0, "head_bias": True}
    layer = m.nn.AdaptiveLogSoftmaxWithLoss(16, 30, [4, 10, 20], **options)
    x, t = m.randn(12, 16, requires_grad=True), m.randint(0, 30, (12,))
    o = layer(x, t)
    o.loss.backward()
    one = layer(x[0].detach(), t[0])
    results = [o.output, o.loss, x.grad, layer.log_prob(x), layer.predict(x)]
    return [*results, one.output, one.loss, dict(layer.state_dict())]


def fractional(m):
    x = m.randn(2, 3, 12, 13, requires_grad=True)
    y = m.nn.functional.fractional_max_pool2d(x, (2, 3), output_size=(5, 6))
    (y * y).sum().backward()
    flat = m.nn.FractionalMaxPool2d(3, output_ratio=0.5, return_indices=True)
    deep = m.nn.FractionalMaxPool3d(2, output_size=(3, 4, 5))
    return [y, x.grad, flat(m.randn(2, 3, 12, 13)), deep(m.randn(2, 3, 8, 9, 10))]


def upsampled(m):
    x = m.randn(1, 2, 4, 5)
    layers = [
        m.nn.Upsample(scale_factor=2),
        m.nn.Upsample(size=(7, 9), mode="bilinear"),
        m.nn.UpsamplingBilinear2d(scale_factor=(2, 3)),
        m.nn.UpsamplingNearest2d(size=6),
        m.nn.Upsample(scale_factor=2.5, mode="bicubic", align_corners=False),
    ]
    return [layer(x) for layer in layers]


def linear_losses(m):
    layer = m.nn.LinearCrossEntropyLoss(5, 10, out_features=(4, 3), bias=True)
    x, t = m.randn(2, 5, requires_grad=True), m.randint(0, 10, (2, 4, 3))
    y = layer(x, t)
    y.backward()
    chances = layer(x, m.randn(2, 10, 4, 3).softmax(1))
    plain = m.nn.LinearCrossEntropyLoss(5, 10, reduction="none", label_smoothing=0.1)
    return [y, x.grad, chances, plain(x, m.tensor([1, 2]))]


def synchronised(m):
    net = m.nn.Sequential(m.nn.Conv2d(3, 4, 3), m.nn.BatchNorm2d(4))
    net = m.nn.SyncBatchNorm.convert_sync_batchnorm(net)
    return [net(m.randn(2, 3, 5, 5)), dict(net.state_dict())]


def cross_maps(m):
    return [m.nn.CrossMapLRN2d(3)(m.randn(2, 5, 4, 4))]


def ctc(m):
    results = []
    for reduction in ("mean", "sum", "none"):
        for zero_infinity in (False, True):
            for lengths, sizes in (((8, 7, 5), (3, 2, 4)), ((8, 0, 2), (3, 0, 4))):
                raw = m.randn(8, 3, 5, requires_grad=True)
                targets = m.randint(1, 5, (3, 4))
                loss = m.nn.CTCLoss(0, reduction, zero_infinity)
                y = loss(raw.log_softmax(-1), targets, lengths, sizes)
                (y * y.detach().clamp(max=2)).sum().backward()
                results += [y, raw.grad]
    return results


PROGRAMS = [adaptive, fractional, upsampled, linear_losses, synchronised, cross_maps]


@pytest.mark.parametrize("program", [*PROGRAMS, ctc], ids=lambda p: p.__name__)
def test_programs(program):
    results = []
    for module in (torch, rushlight):
        module.manual_seed(0)
        results.append(tensors_in(program(module)))
    for theirs, ours in zip(*results, strict=True):
        assert not difference(ours, theirs, 10)


MODULES = {
    "upsample": lambda m: m.nn.Upsample(scale_factor=2),
    "upsample to a size": lambda m: m.nn.Upsample(size=(3, 4), mode="bilinear"),
    "nearest": lambda m: m.nn.UpsamplingNearest2d(size=3),
    "synchronised": lambda m: m.nn.SyncBatchNorm(3),
    "ctc": lambda m: m.nn.CTCLoss(),
    "adaptive": lambda m: m.nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 4]),
    "cross maps": lambda m: m.nn.CrossMapLRN2d(3),
    "fractional": lambda m: m.nn.FractionalMaxPool2d(2, 3),
    "linear loss": lambda m: m.nn.LinearCrossEntropyLoss(3, 4, bias=True),
    "options": lambda m: m.nn.LinearCrossEntropyOptions(),
    "parallel": lambda m: m.nn.DataParallel(m.nn.Linear(2, 2)),
}


@pytest.mark.parametrize("name", MODULES)
def test_repr(name):
    assert repr(MODULES[name](rushlight)) == repr(MODULES[name](torch))
