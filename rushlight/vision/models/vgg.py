"""VGG: 3 x 3 convolutions and pooling, 11 to 19 layers deep."""

from rushlight import nn
from rushlight.vision.models._build import builder
from rushlight.vision.ops.misc import initialize, narrow


class VGG(nn.Module):
    """Convolutions, then three linear layers.

    Args:
        features: the convolutions, a Module to (N, 512, H, W).
        num_classes: scores for each picture.
        init_weights: whether to set initial values other than the layers' own.
        dropout: behind the first two linear layers.

    See:
        Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
        Recognition" (2015), arXiv:1409.1556.
    """

    def __init__(self, features, num_classes=1000, init_weights=True, dropout=0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            initialize(self, narrow)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def make_layers(cfg, batch_norm=False):
    """The convolutions that a list describes.

    Args:
        cfg: output channels of a convolution, or "M" for pooling, one after another.
        batch_norm: whether each convolution has one.

    >>> len(make_layers([64, "M", 128]))
    5
    """
    layers, channels = [], 3
    for step in cfg:
        if step == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        layers.append(nn.Conv2d(channels, step, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(step))
        layers.append(nn.ReLU(inplace=True))
        channels = step
    return nn.Sequential(*layers)


def _stages(*counts):
    """So many convolutions of 64, 128, 256, 512 and 512 channels, each with a pool."""
    widths = (64, 128, 256, 512, 512)
    return [s for w, n in zip(widths, counts, strict=True) for s in [w] * n + ["M"]]


cfgs = {
    "A": _stages(1, 1, 2, 2, 2),
    "B": _stages(2, 2, 2, 2, 2),
    "D": _stages(2, 2, 3, 3, 3),
    "E": _stages(2, 2, 4, 4, 4),
}


def _builder(letter, depth, batch_norm=False):
    def make(**options):
        return VGG(make_layers(cfgs[letter], batch_norm), **options)

    end = "_bn" if batch_norm else ""
    return builder(
        f"vgg{depth}{end}",
        f"VGG{depth}{end.upper()}",
        make,
        what=f"VGG with {depth} layers{' and batch norm' if batch_norm else ''}",
        fitted=lambda weights: {"init_weights": False},
    )


vgg11, VGG11_Weights = _builder("A", 11)
vgg11_bn, VGG11_BN_Weights = _builder("A", 11, True)
vgg13, VGG13_Weights = _builder("B", 13)
vgg13_bn, VGG13_BN_Weights = _builder("B", 13, True)
vgg16, VGG16_Weights = _builder("D", 16)
vgg16_bn, VGG16_BN_Weights = _builder("D", 16, True)
vgg19, VGG19_Weights = _builder("E", 19)
vgg19_bn, VGG19_BN_Weights = _builder("E", 19, True)
