"""DenseNet: every layer of a block sees the results of all before it."""

import re

from rushlight import nn
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor
from rushlight.utils.checkpoint import checkpoint
from rushlight.vision.models._build import builder


class _DenseLayer(nn.Module):
    def __init__(self, before, growth_rate, bn_size, drop_rate, memory_efficient=False):
        super().__init__()
        width = bn_size * growth_rate
        self.norm1 = nn.BatchNorm2d(before)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(before, width, kernel_size=1, stride=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(
            width, growth_rate, kernel_size=3, stride=1, padding=1, bias=False
        )
        self.drop_rate = float(drop_rate)
        self.memory_efficient = memory_efficient

    def _narrow(self, *features):
        return self.conv1(self.relu1(self.norm1(TORCH["cat"](features, 1))))

    def forward(self, input):
        features = [input] if isinstance(input, Tensor) else input
        if self.memory_efficient and any(f.requires_grad for f in features):
            narrow = checkpoint(self._narrow, *features, use_reentrant=False)
        else:
            narrow = self._narrow(*features)
        new = self.conv2(self.relu2(self.norm2(narrow)))
        if self.drop_rate > 0:
            new = nn.functional.dropout(new, p=self.drop_rate, training=self.training)
        return new


class _DenseBlock(nn.ModuleDict):
    _version = 2

    def __init__(self, layers, before, bn_size, growth_rate, drop_rate, efficient):
        super().__init__()
        for number in range(layers):
            layer = _DenseLayer(
                before + number * growth_rate,
                growth_rate,
                bn_size,
                drop_rate,
                efficient,
            )
            self.add_module(f"denselayer{number + 1}", layer)

    def forward(self, init_features):
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return TORCH["cat"](features, 1)


class _Transition(nn.Sequential):
    def __init__(self, before, after):
        super().__init__()
        self.norm = nn.BatchNorm2d(before)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(before, after, kernel_size=1, stride=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """Dense blocks with transitions between them.

    Args:
        growth_rate: channels that each layer adds.
        block_config: layers in each block.
        num_init_features: channels of the first convolution.
        bn_size: a layer's middle has this many times growth_rate channels.
        drop_rate: dropout behind each layer.
        num_classes: scores for each picture.
        memory_efficient: whether to compute again in backward instead of keeping.

    See:
        Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional
        Networks" (2017), arXiv:1608.06993.
    """

    def __init__(
        self,
        growth_rate=32,
        block_config=(6, 12, 24, 16),
        num_init_features=64,
        bn_size=4,
        drop_rate=0,
        num_classes=1000,
        memory_efficient=False,
    ):
        super().__init__()
        width = num_init_features
        self.features = nn.Sequential()
        for name, module in (
            ("conv0", nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)),
            ("norm0", nn.BatchNorm2d(width)),
            ("relu0", nn.ReLU(inplace=True)),
            ("pool0", nn.MaxPool2d(kernel_size=3, stride=2, padding=1)),
        ):
            self.features.add_module(name, module)
        for number, layers in enumerate(block_config, 1):
            block = _DenseBlock(
                layers, width, bn_size, growth_rate, drop_rate, memory_efficient
            )
            self.features.add_module(f"denseblock{number}", block)
            width += layers * growth_rate
            if number != len(block_config):
                half = _Transition(width, width // 2)
                self.features.add_module(f"transition{number}", half)
                width //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(width))
        self.classifier = nn.Linear(width, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        x = nn.functional.relu(self.features(x), inplace=True)
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1))
        return self.classifier(x.flatten(1))


_DOTTED = re.compile(
    r"^(.*denselayer\d+\.(?:norm|relu|conv))\."
    r"([12]\.(?:weight|bias|running_mean|running_var))$"
)


def _new_names(state):
    """The published files have a dot in some names that later ones lack."""
    return {_DOTTED.sub(r"\1\2", name): value for name, value in state.items()}


def _builder(depth, growth, blocks, first):
    def make(**options):
        return DenseNet(growth, blocks, first, **options)

    return builder(
        f"densenet{depth}",
        f"DenseNet{depth}",
        make,
        what=f"DenseNet with {depth} layers",
        renamed=_new_names,
    )


densenet121, DenseNet121_Weights = _builder(121, 32, (6, 12, 24, 16), 64)
densenet161, DenseNet161_Weights = _builder(161, 48, (6, 12, 36, 24), 96)
densenet169, DenseNet169_Weights = _builder(169, 32, (6, 12, 32, 32), 64)
densenet201, DenseNet201_Weights = _builder(201, 32, (6, 12, 48, 32), 64)
