"""Vision Transformer: a picture's patches as the words of a sentence."""

import math
from functools import partial
from typing import NamedTuple

from rushlight import nn
from rushlight._base.errors import ArgumentAssertionError, explain
from rushlight._core.expose import TORCH
from rushlight.vision.models._build import builder
from rushlight.vision.ops.misc import MLP, Conv2dNormActivation

_NORM = partial(nn.LayerNorm, eps=1e-6)


class ConvStemConfig(NamedTuple):
    """One convolution of a stem that takes the place of cutting into patches."""

    out_channels: int
    kernel_size: int
    stride: int
    norm_layer: object = nn.BatchNorm2d
    activation_layer: object = nn.ReLU


class MLPBlock(MLP):
    """Two linear layers with GELU.

    Args:
        in_dim: of input and output.
        mlp_dim: between the layers.
        dropout: behind each.
    """

    _version = 2

    def __init__(self, in_dim, mlp_dim, dropout):
        super().__init__(
            in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, dropout=dropout
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.normal_(module.bias, std=1e-6)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
        if (local_metadata.get("version") or 1) < 2:  # the layers had names then
            for old, new in (("linear_1", "0"), ("linear_2", "3")):
                for part in ("weight", "bias"):
                    if f"{prefix}{old}.{part}" in state_dict:
                        value = state_dict.pop(f"{prefix}{old}.{part}")
                        state_dict[f"{prefix}{new}.{part}"] = value
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)


class EncoderBlock(nn.Module):
    """Attention, then two linear layers, each behind a norm and beside an identity.

    Args:
        num_heads, hidden_dim: of the attention.
        mlp_dim: between the linear layers.
        dropout, attention_dropout: probabilities.
        norm_layer: a function of hidden_dim.
    """

    def __init__(
        self,
        num_heads,
        hidden_dim,
        mlp_dim,
        dropout,
        attention_dropout,
        norm_layer=_NORM,
    ):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(
            hidden_dim, num_heads, dropout=attention_dropout, batch_first=True
        )
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input):
        """(N, S, hidden_dim)."""
        _check_sentence(input)
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


def _check_sentence(input):
    _check(
        input.dim() == 3,
        "a batch of patches",
        "(batch_size, seq_length, hidden_dim)",
        input.shape,
    )


def _check(right, who, expected, got):
    if not right:
        raise ArgumentAssertionError(
            explain(who, expected=expected, got=got, do="Correct the sizes.")
        )


class Encoder(nn.Module):
    """Places added, then blocks, then a norm.

    Args:
        seq_length: the number of patches and the class token.
        num_layers: the number of blocks.
        num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer: as for
            `EncoderBlock`.
    """

    def __init__(
        self,
        seq_length,
        num_layers,
        num_heads,
        hidden_dim,
        mlp_dim,
        dropout,
        attention_dropout,
        norm_layer=_NORM,
    ):
        super().__init__()
        places = TORCH["empty"](1, seq_length, hidden_dim).normal_(std=0.02)
        self.pos_embedding = nn.Parameter(places)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.Sequential()
        for number in range(num_layers):
            block = EncoderBlock(
                num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer
            )
            self.layers.add_module(f"encoder_layer_{number}", block)
        self.ln = norm_layer(hidden_dim)

    def forward(self, input):
        """(N, S, hidden_dim)."""
        _check_sentence(input)
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Patches of a picture through a transformer's encoder.

    Args:
        image_size, patch_size: sides, in pixels.
        num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout: as for
            `Encoder`.
        num_classes: scores for each picture.
        representation_size: of a layer before the last, or None for no such layer.
        norm_layer: a function of hidden_dim.
        conv_stem_configs: list of `ConvStemConfig`, or None to cut patches.

    Raises:
        AssertionError: for an image_size that patches do not fill.

    See:
        Dosovitskiy et al., "An Image is Worth 16x16 Words" (2020), arXiv:2010.11929.
    """

    def __init__(
        self,
        image_size,
        patch_size,
        num_layers,
        num_heads,
        hidden_dim,
        mlp_dim,
        dropout=0.0,
        attention_dropout=0.0,
        num_classes=1000,
        representation_size=None,
        norm_layer=_NORM,
        conv_stem_configs=None,
    ):
        super().__init__()
        _check(
            image_size % patch_size == 0,
            "VisionTransformer(), image_size",
            f"a multiple of patch_size, {patch_size}",
            image_size,
        )
        self.image_size = image_size
        self.patch_size = patch_size
        self.hidden_dim = hidden_dim
        self.mlp_dim = mlp_dim
        self.attention_dropout = attention_dropout
        self.dropout = dropout
        self.num_classes = num_classes
        self.representation_size = representation_size
        self.norm_layer = norm_layer
        self.conv_proj = _stem(hidden_dim, patch_size, conv_stem_configs)
        self.class_token = nn.Parameter(TORCH["zeros"](1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(
            self.seq_length,
            num_layers,
            num_heads,
            hidden_dim,
            mlp_dim,
            dropout,
            attention_dropout,
            norm_layer,
        )
        self.heads = _heads(hidden_dim, representation_size, num_classes)
        self._initialize()

    def _initialize(self):
        if isinstance(self.conv_proj, nn.Conv2d):
            side = self.conv_proj.kernel_size[0]
            fan_in = self.conv_proj.in_channels * side * side
            _narrowed(self.conv_proj, fan_in)
        else:
            last = self.conv_proj.conv_last
            nn.init.normal_(last.weight, std=math.sqrt(2.0 / last.out_channels))
            nn.init.zeros_(last.bias)
        if self.representation_size is not None:
            _narrowed(self.heads.pre_logits, self.heads.pre_logits.in_features)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def _patches(self, x):
        """(N, patches, hidden_dim)."""
        for name, side in zip(("height", "width"), x.shape[2:], strict=True):
            _check(
                side == self.image_size,
                "VisionTransformer",
                f"an image {name} of {self.image_size}",
                side,
            )
        return self.conv_proj(x).flatten(2).permute(0, 2, 1)

    def forward(self, x):
        """Scores (N, num_classes) of pictures (N, 3, image_size, image_size)."""
        patches = self._patches(x)
        tokens = self.class_token.expand(patches.shape[0], -1, -1)
        return self.heads(self.encoder(TORCH["cat"]([tokens, patches], dim=1))[:, 0])


def _narrowed(layer, fan_in):
    nn.init.trunc_normal_(layer.weight, std=math.sqrt(1 / fan_in))
    nn.init.zeros_(layer.bias)


def _stem(hidden, patch, configs):
    if configs is None:
        return nn.Conv2d(3, hidden, kernel_size=patch, stride=patch)
    stem, channels = nn.Sequential(), 3
    for number, row in enumerate(configs):
        layer = Conv2dNormActivation(
            channels,
            row.out_channels,
            kernel_size=row.kernel_size,
            stride=row.stride,
            norm_layer=row.norm_layer,
            activation_layer=row.activation_layer,
        )
        stem.add_module(f"conv_bn_relu_{number}", layer)
        channels = row.out_channels
    stem.add_module("conv_last", nn.Conv2d(channels, hidden, kernel_size=1))
    return stem


def _heads(hidden, representation, classes):
    heads = nn.Sequential()
    if representation is not None:
        heads.add_module("pre_logits", nn.Linear(hidden, representation))
        heads.add_module("act", nn.Tanh())
        hidden = representation
    heads.add_module("head", nn.Linear(hidden, classes))
    return heads


def _builder(letter, patch, layers, heads, hidden, mlp):
    def make(*, image_size=224, **options):
        return VisionTransformer(
            image_size, patch, layers, heads, hidden, mlp, **options
        )

    return builder(
        f"vit_{letter}_{patch}",
        f"ViT_{letter.upper()}_{patch}",
        make,
        what=f"Vision Transformer of {layers} layers over patches of {patch} x {patch}",
        fitted=lambda weights: {"image_size": weights.meta["min_size"][0]},
    )


vit_b_16, ViT_B_16_Weights = _builder("b", 16, 12, 12, 768, 3072)
vit_b_32, ViT_B_32_Weights = _builder("b", 32, 12, 12, 768, 3072)
vit_l_16, ViT_L_16_Weights = _builder("l", 16, 24, 16, 1024, 4096)
vit_l_32, ViT_L_32_Weights = _builder("l", 32, 24, 16, 1024, 4096)
vit_h_14, ViT_H_14_Weights = _builder("h", 14, 32, 16, 1280, 5120)
