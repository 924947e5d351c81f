"""Modules of every kind, training or not: compiled and eager must agree."""

import copy

import pytest

import rushlight as t
from rushlight import nn

pytest.importorskip("llvmlite")
pytestmark = pytest.mark.slow


def R(*shape):
    """Numbers of a seed of their own."""
    return t.randn(shape, generator=t.Generator().manual_seed(sum(shape)))


class _Unpooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.pool, self.back = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)

    def forward(self, x):
        y, places = self.pool(x)
        return self.back(y * 2, places)


class _Masked(nn.Module):
    """A stack of layers with both kinds of masks."""

    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2)
        self.register_buffer("missing", t.arange(5) > t.tensor([[9], [2]]))

    def forward(self, x):
        ahead = nn.Transformer.generate_square_subsequent_mask(5)
        return self.layers(x, mask=ahead, src_key_padding_mask=self.missing)


_TOKENS = t.randint(0, 10, (3, 5), generator=t.Generator().manual_seed(0))
_LENGTHS = t.tensor([2, 1])

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
    "unpool": (_Unpooled(), (R(2, 3, 6, 6),)),
    "masked": (_Masked(), (R(2, 5, 8),)),
    "lstmp": (nn.LSTM(4, 6, proj_size=3), (R(5, 3, 4),)),
    "grudrop": (nn.GRU(4, 5, 2, dropout=0.2), (R(6, 3, 4),)),
    "embnorm": (nn.Embedding(10, 4, max_norm=1.0), (t.randint(0, 10, (3, 5)),)),
    "embfreq": (nn.Embedding(10, 4, scale_grad_by_freq=True), (_TOKENS,)),
    "embpad": (nn.Embedding(10, 4, padding_idx=1), (_TOKENS,)),
    "mhabias": (
        nn.MultiheadAttention(8, 2, kdim=6, vdim=4, add_bias_kv=True),
        (R(5, 2, 8), R(4, 2, 6), R(4, 2, 4)),
    ),
    "bnfree": (nn.BatchNorm2d(4, track_running_stats=False), (R(2, 4, 3, 3),)),
    "inrun": (nn.InstanceNorm1d(4, track_running_stats=True), (R(2, 4, 5),)),
    "sync": (nn.SyncBatchNorm(4), (R(3, 4, 5),)),
    "fractional": (nn.FractionalMaxPool2d(2, output_size=3), (R(2, 3, 8, 7),)),
    "rrelu": (nn.RReLU(), (R(4, 6),)),
    "shuffle": (nn.ChannelShuffle(2), (R(2, 4, 3, 3),)),
    "unshuffle": (nn.PixelUnshuffle(2), (R(2, 2, 4, 6),)),
    "folded": (nn.Fold((4, 5), (2, 3)), (R(2, 18, 9),)),
    "crossmap": (nn.CrossMapLRN2d(3), (R(2, 4, 5, 5),)),
    "gnll": (nn.GaussianNLLLoss(full=True), (R(4, 5), R(4, 5) + 1, t.rand(4, 5))),
    "ctc": (
        nn.CTCLoss(),
        (R(6, 2, 5).log_softmax(2), _TOKENS[:2, :3] % 4 + 1, _LENGTHS + 4, _LENGTHS),
    ),
    "mlm": (
        nn.MultiLabelMarginLoss(),
        (R(4, 5), t.tensor([[1, 2, -1, 0, 0]] * 4)),
    ),
    "mlsm": (nn.MultiLabelSoftMarginLoss(), (R(4, 5), (R(5, 4).t() > 0).float())),
    "hinge": (nn.HingeEmbeddingLoss(), (R(4, 5), R(4, 6)[:, 1:].sign())),
    "rank": (nn.MarginRankingLoss(0.1), (R(4), R(5)[1:], R(6)[2:].sign())),
    "margin": (nn.SoftMarginLoss(), (R(4, 5), R(4, 6)[:, 1:].sign())),
    "bceplain": (nn.BCELoss(), (t.rand(4, 5), t.rand(4, 5))),
    "cesum": (nn.CrossEntropyLoss(reduction="sum"), (R(4, 5), R(4, 5).softmax(1))),
    "ceplaces": (
        nn.CrossEntropyLoss(t.rand(5), ignore_index=3, label_smoothing=0.1),
        (R(2, 5, 3), _TOKENS[:2, :3] % 5),
    ),
}
for _mode in ("reflect", "replicate", "circular"):
    CASES[f"conv_{_mode}"] = (
        nn.Conv2d(3, 4, 3, padding=1, padding_mode=_mode),
        (R(2, 3, 5, 6),),
    )
for _mode in ("mean", "sum", "max"):
    CASES[f"bag_{_mode}"] = (
        nn.EmbeddingBag(10, 4, mode=_mode, padding_idx=2),
        (_TOKENS.flatten(), t.tensor([0, 4, 4, 9])),
    )
for _mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area"):
    CASES[f"up_{_mode}"] = nn.Upsample((7, 5), mode=_mode), (R(2, 3, 4, 6),)
for _rank in (1, 3):
    _X = R(2, 4, *[7, 6, 5][:_rank])
    CASES |= {
        f"transposed{_rank}": (
            getattr(nn, f"ConvTranspose{_rank}d")(4, 6, 3, 2, 1, 1, groups=2),
            (_X,),
        ),
        f"largest{_rank}": (
            getattr(nn, f"MaxPool{_rank}d")(3, 2, 1, ceil_mode=True),
            (_X,),
        ),
        f"mean{_rank}": (
            getattr(nn, f"AvgPool{_rank}d")(3, 2, 1, True, False),
            (_X,),
        ),
        f"dropped{_rank}": (getattr(nn, f"Dropout{_rank}d")(0.4), (_X,)),
    }


def _run(module, args, is_compiled, training):
    """Results, and gradients of inputs and parameters, and buffers after."""
    module = copy.deepcopy(module).train(training)
    inputs = [a.clone().requires_grad_(a.is_floating_point()) for a in args]
    run = t.compile(module, fullgraph=True) if is_compiled else module
    t.manual_seed(3)
    results = [r for r in _flat(run(*inputs)) if isinstance(r, t.Tensor)]
    wanted = [r for r in results if r.requires_grad]
    if wanted:
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
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", sorted(CASES))
def test_compiled_equals_eager(name, training):
    both = [_run(*CASES[name], compiled, training) for compiled in (True, False)]
    for got, want in zip(*both, strict=True):
        assert (got is None) == (want is None)
        if got is not None:
            assert t.allclose(got.double(), want.double(), rtol=1e-4, atol=2e-5)


def test_lazy_modules_get_their_parameters_first():
    module = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d())
    compiled = t.compile(module)
    for _ in range(3):
        compiled(R(3, 5)).sum().backward()
    assert not compiled.forward.reasons and len(compiled.forward.kinds) == 1


def test_negative_variances_are_refused_by_compiled_losses_too():
    loss = t.compile(nn.GaussianNLLLoss(), fullgraph=True)
    assert loss(R(4), R(4), t.ones(4)).isfinite()
    with pytest.raises(ValueError, match="variances >= 0"):
        loss(R(4), R(4), -t.ones(4))


def test_pictures_are_normalised():
    from rushlight.vision import transforms

    normalise = transforms.Normalize([0.5, 0.4, 0.3], [0.2, 0.3, 0.4])
    x = t.rand(3, 4, 5)
    assert t.allclose(t.compile(normalise, fullgraph=True)(x), normalise(x))
