"""EfficientNet: inverted residual blocks, scaled in width and depth together."""

import math
from dataclasses import dataclass, replace
from functools import partial

from rushlight import nn
from rushlight.vision.models._build import builder
from rushlight.vision.models._channels import make_divisible
from rushlight.vision.models.mobilenetv2 import check_stride
from rushlight.vision.models.mobilenetv3 import check_setting
from rushlight.vision.ops.misc import (
    Conv2dNormActivation,
    SqueezeExcitation,
    initialize,
)
from rushlight.vision.ops.stochastic_depth import StochasticDepth


@dataclass
class _MBConvConfig:
    """One stage: num_layers blocks, of which the first has the stride."""

    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int
    block: object

    @staticmethod
    def adjust_channels(channels, width_mult, min_value=None):
        """A multiple of 8 near the product."""
        return make_divisible(channels * width_mult, 8, min_value)

    def at(self, number):
        """The block of this number in the stage."""
        if number == 0:
            return self
        return replace(self, input_channels=self.out_channels, stride=1)


class MBConvConfig(_MBConvConfig):
    """A stage of `MBConv` blocks.

    Args:
        expand_ratio, kernel, stride: of each block; the first alone has the stride.
        input_channels, out_channels, num_layers: before scaling.
        width_mult, depth_mult: what they are scaled by.
        block: the blocks' class.
    """

    def __init__(
        self,
        expand_ratio,
        kernel,
        stride,
        input_channels,
        out_channels,
        num_layers,
        width_mult=1.0,
        depth_mult=1.0,
        block=None,
    ):
        super().__init__(
            expand_ratio,
            kernel,
            stride,
            self.adjust_channels(input_channels, width_mult),
            self.adjust_channels(out_channels, width_mult),
            self.adjust_depth(num_layers, depth_mult),
            block or MBConv,
        )

    @staticmethod
    def adjust_depth(num_layers, depth_mult):
        """The number of blocks."""
        return math.ceil(num_layers * depth_mult)


class FusedMBConvConfig(_MBConvConfig):
    """A stage of `FusedMBConv` blocks.

    Args:
        expand_ratio, kernel, stride, input_channels, out_channels, num_layers, block:
            as for `MBConvConfig`.
    """

    def __init__(
        self,
        expand_ratio,
        kernel,
        stride,
        input_channels,
        out_channels,
        num_layers,
        block=None,
    ):
        super().__init__(
            expand_ratio,
            kernel,
            stride,
            input_channels,
            out_channels,
            num_layers,
            block or FusedMBConv,
        )


class _Block(nn.Module):
    """What both blocks share: the identity beside, and leaving blocks out."""

    def __init__(self, cnf, stochastic_depth_prob, layers):
        super().__init__()
        check_stride(cnf.stride, f"{type(self).__name__}()")
        same = cnf.input_channels == cnf.out_channels
        self.use_res_connect = cnf.stride == 1 and same
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input):
        """(N, out_channels, H / stride, W / stride)."""
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class MBConv(_Block):
    """Widen, filter each channel, scale, narrow.

    Args:
        cnf: a stage's settings.
        stochastic_depth_prob: how often it is left out in training.
        norm_layer: a function of the number of channels.
        se_layer: what scales.

    Raises:
        ValueError: for a stride other than 1 and 2.
    """

    def __init__(
        self, cnf, stochastic_depth_prob, norm_layer, se_layer=SqueezeExcitation
    ):
        unit = partial(Conv2dNormActivation, norm_layer=norm_layer)
        active = partial(unit, activation_layer=nn.SiLU)
        before = cnf.input_channels
        width = cnf.adjust_channels(before, cnf.expand_ratio)
        layers = []
        if width != before:
            layers.append(active(before, width, kernel_size=1))
        layers += [
            active(
                width, width, kernel_size=cnf.kernel, stride=cnf.stride, groups=width
            ),
            se_layer(
                width, max(1, before // 4), activation=partial(nn.SiLU, inplace=True)
            ),
            unit(width, cnf.out_channels, kernel_size=1, activation_layer=None),
        ]
        super().__init__(cnf, stochastic_depth_prob, layers)


class FusedMBConv(_Block):
    """Widen and filter at once, narrow.

    Args:
        cnf, stochastic_depth_prob, norm_layer: as for `MBConv`.

    Raises:
        ValueError: for a stride other than 1 and 2.
    """

    def __init__(self, cnf, stochastic_depth_prob, norm_layer):
        unit = partial(Conv2dNormActivation, norm_layer=norm_layer)
        before = cnf.input_channels
        width = cnf.adjust_channels(before, cnf.expand_ratio)
        widened = width != before
        layers = [
            unit(
                before,
                width if widened else cnf.out_channels,
                kernel_size=cnf.kernel,
                stride=cnf.stride,
                activation_layer=nn.SiLU,
            )
        ]
        if widened:
            layers.append(
                unit(width, cnf.out_channels, kernel_size=1, activation_layer=None)
            )
        super().__init__(cnf, stochastic_depth_prob, layers)


class EfficientNet(nn.Module):
    """Stages of blocks and one linear layer.

    Args:
        inverted_residual_setting: list of `MBConvConfig` and `FusedMBConvConfig`.
        dropout: before the linear layer.
        stochastic_depth_prob: how often the last block is left out in training.
        num_classes: scores for each picture.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.
        last_channel: before the linear layer; four times the last stage's if left out.

    Raises:
        ValueError, TypeError: for no stages, or others.

    See:
        Tan and Le, "EfficientNet" (2019), arXiv:1905.11946, and "EfficientNetV2"
        (2021), arXiv:2104.00298.
    """

    def __init__(
        self,
        inverted_residual_setting,
        dropout,
        stochastic_depth_prob=0.2,
        num_classes=1000,
        norm_layer=None,
        last_channel=None,
    ):
        super().__init__()
        stages = check_setting(inverted_residual_setting, _MBConvConfig)
        norm_layer = norm_layer or nn.BatchNorm2d
        look = {"norm_layer": norm_layer, "activation_layer": nn.SiLU}
        first, last = stages[0].input_channels, stages[-1].out_channels
        behind = 4 * last if last_channel is None else last_channel
        layers = [Conv2dNormActivation(3, first, kernel_size=3, stride=2, **look)]
        total, before = sum(cnf.num_layers for cnf in stages), 0
        for cnf in stages:
            chances = [
                stochastic_depth_prob * float(before + number) / total
                for number in range(cnf.num_layers)
            ]
            blocks = [
                cnf.block(cnf.at(number), chance, norm_layer)
                for number, chance in enumerate(chances)
            ]
            layers.append(nn.Sequential(*blocks))
            before += cnf.num_layers
        layers.append(Conv2dNormActivation(last, behind, kernel_size=1, **look))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout, inplace=True), nn.Linear(behind, num_classes)
        )
        initialize(self, _uniform)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def _uniform(weight):
    bound = 1.0 / math.sqrt(weight.shape[0])
    nn.init.uniform_(weight, -bound, bound)


# Widening, kernel, stride, channels before and behind, blocks.
_FIRST = (
    (1, 3, 1, 32, 16, 1),
    (6, 3, 2, 16, 24, 2),
    (6, 5, 2, 24, 40, 2),
    (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3),
    (6, 5, 2, 112, 192, 4),
    (6, 3, 1, 192, 320, 1),
)
# The first three stages are fused.
_SECOND = {
    "s": (
        (1, 3, 1, 24, 24, 2),
        (4, 3, 2, 24, 48, 4),
        (4, 3, 2, 48, 64, 4),
        (4, 3, 2, 64, 128, 6),
        (6, 3, 1, 128, 160, 9),
        (6, 3, 2, 160, 256, 15),
    ),
    "m": (
        (1, 3, 1, 24, 24, 3),
        (4, 3, 2, 24, 48, 5),
        (4, 3, 2, 48, 80, 5),
        (4, 3, 2, 80, 160, 7),
        (6, 3, 1, 160, 176, 14),
        (6, 3, 2, 176, 304, 18),
        (6, 3, 1, 304, 512, 5),
    ),
    "l": (
        (1, 3, 1, 32, 32, 4),
        (4, 3, 2, 32, 64, 7),
        (4, 3, 2, 64, 96, 7),
        (4, 3, 2, 96, 192, 10),
        (6, 3, 1, 192, 224, 19),
        (6, 3, 2, 224, 384, 25),
        (6, 3, 1, 384, 640, 7),
    ),
}


def _first(number, width, depth, dropout):
    def make(**options):
        stages = [MBConvConfig(*row, width, depth) for row in _FIRST]
        return EfficientNet(stages, options.pop("dropout", dropout), **options)

    own_norm = {"norm_layer": partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)}
    return builder(
        f"efficientnet_b{number}",
        f"EfficientNet_B{number}",
        make,
        what=f"EfficientNet B{number}",
        fixed=own_norm if number >= 5 else None,
    )


def _second(size, dropout):
    def make(**options):
        kinds = [FusedMBConvConfig] * 3 + [MBConvConfig] * 4
        stages = [kind(*row) for kind, row in zip(kinds, _SECOND[size])]
        dropped = options.pop("dropout", dropout)
        return EfficientNet(stages, dropped, last_channel=1280, **options)

    return builder(
        f"efficientnet_v2_{size}",
        f"EfficientNet_V2_{size.upper()}",
        make,
        what=f"EfficientNetV2 {size.upper()}",
        fixed={"norm_layer": partial(nn.BatchNorm2d, eps=1e-03)},
    )


efficientnet_b0, EfficientNet_B0_Weights = _first(0, 1.0, 1.0, 0.2)
efficientnet_b1, EfficientNet_B1_Weights = _first(1, 1.0, 1.1, 0.2)
efficientnet_b2, EfficientNet_B2_Weights = _first(2, 1.1, 1.2, 0.3)
efficientnet_b3, EfficientNet_B3_Weights = _first(3, 1.2, 1.4, 0.3)
efficientnet_b4, EfficientNet_B4_Weights = _first(4, 1.4, 1.8, 0.4)
efficientnet_b5, EfficientNet_B5_Weights = _first(5, 1.6, 2.2, 0.4)
efficientnet_b6, EfficientNet_B6_Weights = _first(6, 1.8, 2.6, 0.5)
efficientnet_b7, EfficientNet_B7_Weights = _first(7, 2.0, 3.1, 0.5)
efficientnet_v2_s, EfficientNet_V2_S_Weights = _second("s", 0.2)
efficientnet_v2_m, EfficientNet_V2_M_Weights = _second("m", 0.3)
efficientnet_v2_l, EfficientNet_V2_L_Weights = _second("l", 0.4)
