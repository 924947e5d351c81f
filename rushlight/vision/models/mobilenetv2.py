"""MobileNetV2: blocks that widen, filter each channel on its own, and narrow again."""

from rushlight import nn
from rushlight._base.errors import ArgumentError, explain
from rushlight.vision.models._build import builder
from rushlight.vision.models._channels import make_divisible
from rushlight.vision.ops.misc import Conv2dNormActivation, initialize, narrow

#: Widening, channels, blocks and stride of each stage.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; beside an identity where sizes agree.

    Args:
        inp, oup: channels of input and output.
        stride: 1 or 2.
        expand_ratio: how many times wider the middle is.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.

    Raises:
        ValueError: for another stride.
    """

    def __init__(self, inp, oup, stride, expand_ratio, norm_layer=None):
        super().__init__()
        check_stride(stride, "InvertedResidual()")
        norm_layer = norm_layer or nn.BatchNorm2d
        look = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        width = round(inp * expand_ratio)
        self.stride = stride
        self.use_res_connect = stride == 1 and inp == oup
        layers = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, width, kernel_size=1, **look))
        layers += [
            Conv2dNormActivation(width, width, stride=stride, groups=width, **look),
            nn.Conv2d(width, oup, 1, 1, 0, bias=False),
            norm_layer(oup),
        ]
        self.conv = nn.Sequential(*layers)
        self.out_channels = oup

    def forward(self, x):
        """(N, oup, H / stride, W / stride)."""
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


def check_stride(stride, who):
    """Refuse strides other than 1 and 2.

    Raises:
        ValueError: for them.
    """
    if stride not in (1, 2):
        raise ArgumentError(
            explain(
                who, expected="a stride of 1 or 2", got=stride, do="Choose one of them."
            )
        )


class MobileNetV2(nn.Module):
    """Inverted residual blocks and one linear layer.

    Args:
        num_classes: scores for each picture.
        width_mult: factor of all channels.
        inverted_residual_setting: [widening, channels, blocks, stride] of each stage.
        round_nearest: channels are multiples of this.
        block: a class like `InvertedResidual`.
        norm_layer: a function of the number of channels; BatchNorm2d if left out.
        dropout: before the linear layer.

    Raises:
        ValueError: for stages of other than four numbers.

    See:
        Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks"
        (2018), arXiv:1801.04381.
    """

    def __init__(
        self,
        num_classes=1000,
        width_mult=1.0,
        inverted_residual_setting=None,
        round_nearest=8,
        block=None,
        norm_layer=None,
        dropout=0.2,
    ):
        super().__init__()
        block, norm_layer = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        stages = _STAGES
        if inverted_residual_setting is not None:
            stages = _checked(inverted_residual_setting)
        look = {"norm_layer": norm_layer, "activation_layer": nn.ReLU6}
        width = make_divisible(32 * width_mult, round_nearest)
        self.last_channel = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        layers = [Conv2dNormActivation(3, width, stride=2, **look)]
        for widening, channels, blocks, stride in stages:
            after = make_divisible(channels * width_mult, round_nearest)
            for number in range(blocks):
                step = stride if number == 0 else 1
                layers.append(block(width, after, step, widening, norm_layer))
                width = after
        layers.append(
            Conv2dNormActivation(width, self.last_channel, kernel_size=1, **look)
        )
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes)
        )
        initialize(self, narrow)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(x.flatten(1))


def _checked(setting):
    if len(setting) == 0 or len(setting[0]) != 4:
        raise ArgumentError(
            explain(
                "MobileNetV2(), inverted_residual_setting",
                expected="lists of 4 elements, at least one",
                got=repr(setting),
                do="Give widening, channels, blocks and stride of each stage.",
            )
        )
    return setting


mobilenet_v2, MobileNet_V2_Weights = builder(
    "mobilenet_v2", "MobileNet_V2", MobileNetV2, what="MobileNetV2"
)
