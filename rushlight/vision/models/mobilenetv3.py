"""MobileNetV3: inverted residual blocks that also scale their channels."""

from functools import partial

from rushlight import nn
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight.vision.models._build import builder
from rushlight.vision.models._channels import make_divisible
from rushlight.vision.models.mobilenetv2 import check_stride
from rushlight.vision.ops.misc import (
    Conv2dNormActivation,
    SqueezeExcitation,
    initialize,
    narrow,
)

_SCALING = partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidualConfig:
    """One block of the network.

    Args:
        input_channels, expanded_channels, out_channels: before, inside and behind it.
        kernel: side of the filters.
        use_se: whether it scales its channels.
        activation: "HS" for Hardswish, "RE" for ReLU.
        stride, dilation: of the filters.
        width_mult: factor of all channels.
    """

    def __init__(
        self,
        input_channels,
        kernel,
        expanded_channels,
        out_channels,
        use_se,
        activation,
        stride,
        dilation,
        width_mult,
    ):
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se = use_se
        self.use_hs = activation == "HS"
        self.stride = stride
        self.dilation = dilation

    @staticmethod
    def adjust_channels(channels, width_mult):
        """A multiple of 8 near the product."""
        return make_divisible(channels * width_mult, 8)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, scale, narrow; beside an identity if sizes agree.

    Args:
        cnf: an `InvertedResidualConfig`.
        norm_layer: a function of the number of channels.
        se_layer: a function of two numbers of channels: what scales.

    Raises:
        ValueError: for a stride other than 1 and 2.
    """

    def __init__(
        self,
        cnf,
        norm_layer,
        se_layer=_SCALING,
    ):
        super().__init__()
        check_stride(cnf.stride, "InvertedResidual()")
        before, width, after = (
            cnf.input_channels,
            cnf.expanded_channels,
            cnf.out_channels,
        )
        self.use_res_connect = cnf.stride == 1 and before == after
        active = nn.Hardswish if cnf.use_hs else nn.ReLU
        unit = partial(Conv2dNormActivation, norm_layer=norm_layer)
        layers = []
        if width != before:
            layers.append(unit(before, width, kernel_size=1, activation_layer=active))
        layers.append(
            unit(
                width,
                width,
                kernel_size=cnf.kernel,
                stride=1 if cnf.dilation > 1 else cnf.stride,
                dilation=cnf.dilation,
                groups=width,
                activation_layer=active,
            )
        )
        if cnf.use_se:
            layers.append(se_layer(width, make_divisible(width // 4, 8)))
        layers.append(unit(width, after, kernel_size=1, activation_layer=None))
        self.block = nn.Sequential(*layers)
        self.out_channels = after

    def forward(self, input):
        """(N, out_channels, H / stride, W / stride)."""
        result = self.block(input)
        if self.use_res_connect:
            result += input
        return result


class MobileNetV3(nn.Module):
    """Inverted residual blocks and two linear layers.

    Args:
        inverted_residual_setting: list of `InvertedResidualConfig`.
        last_channel: between the linear layers.
        num_classes: scores for each picture.
        block: a class like `InvertedResidual`.
        norm_layer: a function of the number of channels; BatchNorm2d with its own eps
            and momentum if left out.
        dropout: between the linear layers.

    Raises:
        ValueError, TypeError: for no blocks, or others.

    See:
        Howard et al., "Searching for MobileNetV3" (2019), arXiv:1905.02244.
    """

    def __init__(
        self,
        inverted_residual_setting,
        last_channel,
        num_classes=1000,
        block=None,
        norm_layer=None,
        dropout=0.2,
        **kwargs,
    ):
        super().__init__()
        blocks = check_setting(inverted_residual_setting, InvertedResidualConfig)
        block = block or InvertedResidual
        norm = norm_layer or partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
        look = {"norm_layer": norm, "activation_layer": nn.Hardswish}
        first, last = blocks[0].input_channels, blocks[-1].out_channels
        self.features = nn.Sequential(
            Conv2dNormActivation(3, first, kernel_size=3, stride=2, **look),
            *[block(cnf, norm) for cnf in blocks],
            Conv2dNormActivation(last, 6 * last, kernel_size=1, **look),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * last, last_channel),
            nn.Hardswish(inplace=True),
            nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )
        initialize(self, narrow)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def check_setting(setting, kind):
    """The blocks that describe a network; refuse what cannot.

    Raises:
        ValueError: for none.
        TypeError: for others than of that kind.
    """
    if setting and isinstance(setting, (list, tuple)):
        if all(isinstance(row, kind) for row in setting):
            return setting
    raise (ArgumentTypeError if setting else ArgumentError)(
        explain(
            "inverted_residual_setting",
            expected=f"a list of {kind.__name__}, not empty",
            got=repr(setting),
            do="Describe every block.",
        )
    )


# Channels before, kernel, inside, behind, scaled?, activation, stride.
_LARGE = (
    (16, 3, 16, 16, False, "RE", 1),
    (16, 3, 64, 24, False, "RE", 2),
    (24, 3, 72, 24, False, "RE", 1),
    (24, 5, 72, 40, True, "RE", 2),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 5, 120, 40, True, "RE", 1),
    (40, 3, 240, 80, False, "HS", 2),
    (80, 3, 200, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 184, 80, False, "HS", 1),
    (80, 3, 480, 112, True, "HS", 1),
    (112, 3, 672, 112, True, "HS", 1),
    (112, 5, 672, 160, True, "HS", 2),
    (160, 5, 960, 160, True, "HS", 1),
    (160, 5, 960, 160, True, "HS", 1),
)
_SMALL = (
    (16, 3, 16, 16, True, "RE", 2),
    (16, 3, 72, 24, False, "RE", 2),
    (24, 3, 88, 24, False, "RE", 1),
    (24, 5, 96, 40, True, "HS", 2),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 240, 40, True, "HS", 1),
    (40, 5, 120, 48, True, "HS", 1),
    (48, 5, 144, 48, True, "HS", 1),
    (48, 5, 288, 96, True, "HS", 2),
    (96, 5, 576, 96, True, "HS", 1),
    (96, 5, 576, 96, True, "HS", 1),
)


def _setting(rows, width_mult, reduced_tail, dilated):
    """The blocks; the last three may be half as wide, and dilated."""
    made = []
    for number, row in enumerate(rows):
        before, kernel, inside, after, scaled, active, stride = row
        tail = number - (len(rows) - 3)
        if reduced_tail and tail >= 0:
            after //= 2
            before, inside = (before // 2, inside // 2) if tail else (before, inside)
        dilation = 2 if dilated and tail >= 0 else 1
        made.append(
            InvertedResidualConfig(
                before,
                kernel,
                inside,
                after,
                scaled,
                active,
                stride,
                dilation,
                width_mult,
            )
        )
    return made


def _builder(size, rows, last):
    def make(*, width_mult=1.0, reduced_tail=False, dilated=False, **options):
        setting = _setting(rows, width_mult, reduced_tail, dilated)
        behind = make_divisible(last // (2 if reduced_tail else 1) * width_mult, 8)
        return MobileNetV3(setting, behind, **options)

    return builder(
        f"mobilenet_v3_{size}",
        f"MobileNet_V3_{size.title()}",
        make,
        what=f"MobileNetV3, the {size} one",
    )


mobilenet_v3_large, MobileNet_V3_Large_Weights = _builder("large", _LARGE, 1280)
mobilenet_v3_small, MobileNet_V3_Small_Weights = _builder("small", _SMALL, 1024)
