"""SqueezeNet: AlexNet's accuracy from few parameters."""

from rushlight import nn
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight.vision.models._build import builder


class Fire(nn.Module):
    """Narrow, then 1 x 1 and 3 x 3 convolutions side by side.

    Args:
        inplanes: channels of the input.
        squeeze_planes: between.
        expand1x1_planes, expand3x3_planes: of the two results.
    """

    def __init__(self, inplanes, squeeze_planes, expand1x1_planes, expand3x3_planes):
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(
            squeeze_planes, expand3x3_planes, kernel_size=3, padding=1
        )
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x):
        """(N, the sum of both planes, H, W)."""
        x = self.squeeze_activation(self.squeeze(x))
        one = self.expand1x1_activation(self.expand1x1(x))
        return TORCH["cat"]([one, self.expand3x3_activation(self.expand3x3(x))], 1)


# Channels before, between and of each result; None is a pooling.
_FIRES = {
    "1_0": (
        (96, 16, 64),
        (128, 16, 64),
        (128, 32, 128),
        None,
        (256, 32, 128),
        (256, 48, 192),
        (384, 48, 192),
        (384, 64, 256),
        None,
        (512, 64, 256),
    ),
    "1_1": (
        (64, 16, 64),
        (128, 16, 64),
        None,
        (128, 32, 128),
        (256, 32, 128),
        None,
        (256, 48, 192),
        (384, 48, 192),
        (384, 64, 256),
        (512, 64, 256),
    ),
}


class SqueezeNet(nn.Module):
    """Fire modules and a convolution for the scores.

    Args:
        version: "1_0" or "1_1".
        num_classes: scores for each picture.
        dropout: before the last convolution.

    Raises:
        ValueError: for another version.

    See:
        Iandola et al. (2016), arXiv:1602.07360.
    """

    def __init__(self, version="1_0", num_classes=1000, dropout=0.5):
        super().__init__()
        self.num_classes = num_classes
        if version not in _FIRES:
            raise ArgumentError(
                explain(
                    "SqueezeNet(), version",
                    expected="1_0 or 1_1",
                    got=repr(version),
                    do="Choose one of them.",
                )
            )
        first = (96, 7) if version == "1_0" else (64, 3)
        self.features = nn.Sequential(
            nn.Conv2d(3, first[0], kernel_size=first[1], stride=2),
            nn.ReLU(inplace=True),
            _pool(),
            *[
                _pool() if row is None else Fire(*row, row[-1])
                for row in _FIRES[version]
            ],
        )
        last = nn.Conv2d(512, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            last,
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is last:
                    nn.init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.features(x)).flatten(1)


def _pool():
    return nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)


def _builder(version):
    def make(**options):
        return SqueezeNet(version, **options)

    name = f"squeezenet{version}"
    return builder(
        name, f"SqueezeNet{version}", make, what=f"SqueezeNet, version {version}"
    )


squeezenet1_0, SqueezeNet1_0_Weights = _builder("1_0")
squeezenet1_1, SqueezeNet1_1_Weights = _builder("1_1")
