"""ConvNeXt: a convolutional network with the habits of transformers."""

from dataclasses import dataclass
from functools import partial

from rushlight import nn
from rushlight._core.expose import TORCH
from rushlight.vision.models._build import builder
from rushlight.vision.models.mobilenetv3 import check_setting
from rushlight.vision.ops.misc import Conv2dNormActivation, Permute
from rushlight.vision.ops.stochastic_depth import StochasticDepth


class LayerNorm2d(nn.LayerNorm):
    """LayerNorm over the channels of an image (N, C, H, W).

    Args:
        normalized_shape, eps: as for `LayerNorm`.
    """

    def forward(self, x):
        """(N, C, H, W)."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """A wide filter of each channel, then two linear layers, beside an identity.

    Args:
        dim: channels.
        layer_scale: the first value of a factor for each channel.
        stochastic_depth_prob: how often it is left out in training.
        norm_layer: a function of the number of channels; LayerNorm if left out.
    """

    def __init__(self, dim, layer_scale, stochastic_depth_prob, norm_layer=None):
        super().__init__()
        norm_layer = norm_layer or partial(nn.LayerNorm, eps=1e-6)
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            norm_layer(dim),
            nn.Linear(in_features=dim, out_features=4 * dim, bias=True),
            nn.GELU(),
            nn.Linear(in_features=4 * dim, out_features=dim, bias=True),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = nn.Parameter(TORCH["ones"](dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input):
        """(N, dim, H, W)."""
        result = self.stochastic_depth(self.layer_scale * self.block(input))
        result += input
        return result


@dataclass
class CNBlockConfig:
    """A stage: num_layers blocks, then the channels of the next, or None at the end."""

    input_channels: int
    out_channels: int | None
    num_layers: int


class ConvNeXt(nn.Module):
    """Four stages of blocks and one linear layer.

    Args:
        block_setting: list of `CNBlockConfig`.
        stochastic_depth_prob: how often the last block is left out in training.
        layer_scale: of the blocks.
        num_classes: scores for each picture.
        block: a class like `CNBlock`.
        norm_layer: a function of the number of channels; LayerNorm2d if left out.

    Raises:
        ValueError, TypeError: for no stages, or others.

    See:
        Liu et al., "A ConvNet for the 2020s" (2022), arXiv:2201.03545.
    """

    def __init__(
        self,
        block_setting,
        stochastic_depth_prob=0.0,
        layer_scale=1e-6,
        num_classes=1000,
        block=None,
        norm_layer=None,
        **kwargs,
    ):
        super().__init__()
        stages = check_setting(block_setting, CNBlockConfig)
        block, norm = block or CNBlock, norm_layer or partial(LayerNorm2d, eps=1e-6)
        layers = [
            Conv2dNormActivation(
                3,
                stages[0].input_channels,
                kernel_size=4,
                stride=4,
                padding=0,
                norm_layer=norm,
                activation_layer=None,
                bias=True,
            )
        ]
        total, before = sum(cnf.num_layers for cnf in stages), 0
        for cnf in stages:
            width, after, made = cnf.input_channels, cnf.out_channels, []
            for number in range(before, before + cnf.num_layers):
                chance = stochastic_depth_prob * number / (total - 1.0)
                made.append(block(width, layer_scale, chance))
            before += cnf.num_layers
            layers.append(nn.Sequential(*made))
            if after is not None:
                smaller = nn.Conv2d(width, after, kernel_size=2, stride=2)
                layers.append(nn.Sequential(norm(width), smaller))
        last = stages[-1].out_channels or stages[-1].input_channels
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            norm(last), nn.Flatten(1), nn.Linear(last, num_classes)
        )
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, H, W)."""
        return self.classifier(self.avgpool(self.features(x)))


def _builder(size, width, deep, chance):
    def make(**options):
        after = [2 * width, 4 * width, 8 * width, None]
        stages = [
            CNBlockConfig(width * 2**number, after[number], layers)
            for number, layers in enumerate((3, 3, deep, 3))
        ]
        return ConvNeXt(stages, **options)

    return builder(
        f"convnext_{size}",
        f"ConvNeXt_{size.title()}",
        make,
        what=f"ConvNeXt, the {size} one",
        fixed={"stochastic_depth_prob": chance},
    )


convnext_tiny, ConvNeXt_Tiny_Weights = _builder("tiny", 96, 9, 0.1)
convnext_small, ConvNeXt_Small_Weights = _builder("small", 96, 27, 0.4)
convnext_base, ConvNeXt_Base_Weights = _builder("base", 128, 27, 0.5)
convnext_large, ConvNeXt_Large_Weights = _builder("large", 192, 27, 0.5)
