"""Modules of every kind, in training: compiled and eager must agree."""

import copy

import pytest

import rushlight as t
from rushlight import nn

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.slow


def R(*shape):
    """Numbers of a seed of their own."""
    return t.randn(shape, generator=t.Generator().manual_seed(sum(shape)))


#: By name: a module, and what it is called with.
CASES = {
    "conv1d": (nn.Conv1d(3, 6, 3, padding=1), (R(2, 3, 10),)),
    "conv2dg": (nn.Conv2d(4, 8, 3, groups=2, stride=2), (R(2, 4, 9, 9),)),
    "conv3d": (nn.Conv3d(2, 3, 2), (R(1, 2, 4, 4, 4),)),
    "convT": (nn.ConvTranspose2d(3, 4, 3, stride=2), (R(2, 3, 5, 5),)),
    "bn1": (nn.BatchNorm1d(6), (R(5, 6),)),
    "bn2": (nn.BatchNorm2d(3), (R(4, 3, 5, 5),)),
    "gn": (nn.GroupNorm(2, 4), (R(3, 4, 5),)),
    "in": (nn.InstanceNorm2d(3, affine=True), (R(2, 3, 4, 4),)),
    "ln": (nn.LayerNorm((4, 5)), (R(3, 4, 5),)),
    "rms": (nn.RMSNorm(5), (R(3, 5),)),
    "lrn": (nn.LocalResponseNorm(2), (R(2, 4, 3, 3),)),
    "mha": (
        nn.MultiheadAttention(8, 2, batch_first=True),
        (R(2, 5, 8), R(2, 5, 8), R(2, 5, 8)),
    ),
    "tel": (
        nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.1),
        (R(2, 5, 8),),
    ),
    "te": (
        nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2
        ),
        (R(2, 5, 8),),
    ),
    "tdl": (
        nn.TransformerDecoderLayer(8, 2, 16, batch_first=True),
        (R(2, 5, 8), R(2, 4, 8)),
    ),
    "tf": (
        nn.Transformer(8, 2, 1, 1, 16, batch_first=True),
        (R(2, 5, 8), R(2, 4, 8)),
    ),
    "lstm": (nn.LSTM(4, 6, 2, batch_first=True, bidirectional=True), (R(3, 5, 4),)),
    "gru": (nn.GRU(4, 6), (R(5, 3, 4),)),
    "rnn": (nn.RNN(4, 6, nonlinearity="relu"), (R(5, 3, 4),)),
    "lstmcell": (nn.LSTMCell(4, 5), (R(3, 4),)),
    "emb": (
        nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 3)),
        (t.randint(0, 10, (3, 5)),),
    ),
    "embbag": (nn.EmbeddingBag(10, 4), (t.randint(0, 10, (3, 5)),)),
    "bil": (nn.Bilinear(3, 4, 5), (R(2, 3), R(2, 4))),
    "maxp": (nn.MaxPool2d(2), (R(2, 3, 6, 6),)),
    "avgp": (nn.AvgPool2d(3, padding=1), (R(2, 3, 6, 6),)),
    "aap": (nn.AdaptiveAvgPool2d((2, 3)), (R(2, 3, 7, 8),)),
    "amp": (nn.AdaptiveMaxPool1d(3), (R(2, 3, 7),)),
    "fmp": (nn.LPPool2d(2, 2), (R(2, 3, 6, 6),)),
    "ups": (nn.Upsample(scale_factor=2, mode="bilinear"), (R(2, 3, 4, 4),)),
    "ps": (nn.PixelShuffle(2), (R(2, 8, 3, 3),)),
    "pad": (nn.ReflectionPad2d(1), (R(2, 3, 4, 4),)),
    "zpad": (nn.ZeroPad2d(2), (R(2, 3, 4, 4),)),
    "cpad": (nn.ConstantPad1d(2, 1.5), (R(2, 3, 4),)),
    "drop": (nn.Dropout(0.3), (R(4, 5),)),
    "drop2": (nn.Dropout2d(0.5), (R(4, 5, 3, 3),)),
    "adrop": (nn.AlphaDropout(0.3), (R(4, 5),)),
    "soft": (
        nn.Sequential(nn.Softmax(1), nn.LogSoftmax(0), nn.Softmin(1)),
        (R(4, 5),),
    ),
    "acts": (
        nn.Sequential(
            nn.ELU(),
            nn.SELU(),
            nn.GELU("tanh"),
            nn.SiLU(),
            nn.Mish(),
            nn.Hardtanh(),
            nn.Softplus(),
            nn.Softsign(),
            nn.Tanhshrink(),
            nn.LeakyReLU(),
            nn.PReLU(),
            nn.CELU(),
            nn.Hardswish(),
            nn.LogSigmoid(),
        ),
        (R(4, 5),),
    ),
    "glu": (nn.GLU(), (R(4, 6),)),
    "fold": (nn.Unfold(2), (R(2, 3, 4, 4),)),
    "cos": (nn.CosineSimilarity(), (R(3, 4), R(3, 4))),
    "pd": (nn.PairwiseDistance(), (R(3, 4), R(3, 4))),
    "mse": (nn.MSELoss(), (R(3, 4), R(3, 4))),
    "l1": (nn.L1Loss(), (R(3, 4), R(3, 4))),
    "sl1": (nn.SmoothL1Loss(), (R(3, 4), R(3, 4))),
    "hub": (nn.HuberLoss(), (R(3, 4), R(3, 4))),
    "ce": (
        nn.CrossEntropyLoss(label_smoothing=0.1),
        (R(3, 4), t.tensor([0, 1, 3])),
    ),
    "nll": (nn.NLLLoss(), (R(3, 4), t.tensor([0, 1, 3]))),
    "bce": (nn.BCEWithLogitsLoss(), (R(3, 4), t.rand(3, 4))),
    "kl": (nn.KLDivLoss(reduction="batchmean"), (R(3, 4), t.rand(3, 4))),
    "trip": (nn.TripletMarginLoss(), (R(3, 4), R(3, 4), R(3, 4))),
    "pnll": (nn.PoissonNLLLoss(), (R(3, 4), t.rand(3, 4))),
    "cel": (
        nn.CosineEmbeddingLoss(),
        (R(3, 4), R(3, 4), t.tensor([1.0, -1.0, 1.0])),
    ),
    "mm": (nn.MultiMarginLoss(), (R(3, 4), t.tensor([0, 1, 3]))),
    "flat": (nn.Sequential(nn.Flatten(), nn.Unflatten(1, (2, 6))), (R(3, 3, 4),)),
}


def _run(module, args, is_compiled):
    """Results, and gradients of inputs and parameters, and buffers after."""
    module = copy.deepcopy(module).train()
    inputs = [a.clone().requires_grad_(a.is_floating_point()) for a in args]
    run = t.compile(module, fullgraph=True) if is_compiled else module
    t.manual_seed(3)
    results = [r for r in _flat(run(*inputs)) if isinstance(r, t.Tensor)]
    wanted = [r for r in results if r.requires_grad]
    sum((r * R(*r.shape)).sum() for r in wanted).backward()
    gradients = [x.grad for x in inputs] + [p.grad for p in module.parameters()]
    return [r.detach() for r in results] + gradients + list(module.buffers())


def _flat(result):
    return (
        [r for part in result for r in _flat(part)]
        if isinstance(result, tuple)
        else [result]
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(CASES))
def test_compiled_equals_eager(name):
    module, args = CASES[name]
    for got, want in zip(
        _run(module, args, True), _run(module, args, False), strict=True
    ):
        assert (got is None) == (want is None)
        if got is not None:
            assert t.allclose(got.double(), want.double(), rtol=1e-4, atol=2e-5)
