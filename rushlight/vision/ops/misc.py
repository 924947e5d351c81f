"""Layers that several models of pictures are built from."""

from functools import partial

from rushlight import nn
from rushlight._core.expose import TORCH


class Conv2dNormActivation(nn.Sequential):
    """A convolution, a norm and an activation.

    Args:
        in_channels, out_channels, kernel_size, stride, groups, dilation: Conv2d's.
        padding: Conv2d's; what keeps the size at stride 1 if left out.
        norm_layer: a function of the number of channels, or None for no norm.
        activation_layer: the activation's class, or None for none.
        inplace: whether the activation writes into its input; None: its own default.
        bias: whether the convolution has one; only without a norm if left out.

    >>> [type(m).__name__ for m in Conv2dNormActivation(3, 8)]
    ['Conv2d', 'BatchNorm2d', 'ReLU']
    """

    _convolution = nn.Conv2d

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size=3,
        stride=1,
        padding=None,
        groups=1,
        norm_layer=nn.BatchNorm2d,
        activation_layer=nn.ReLU,
        dilation=1,
        inplace=True,
        bias=None,
    ):
        if padding is None:
            padding = _keeping(kernel_size, dilation)
        layers = [
            self._convolution(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                padding,
                dilation=dilation,
                groups=groups,
                bias=norm_layer is None if bias is None else bias,
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            options = {} if inplace is None else {"inplace": inplace}
            layers.append(activation_layer(**options))
        super().__init__(*layers)
        self.out_channels = out_channels


def _keeping(kernel, dilation):
    """The padding that keeps the size."""
    if isinstance(kernel, int) and isinstance(dilation, int):
        return (kernel - 1) // 2 * dilation
    count = len(dilation) if isinstance(kernel, int) else len(kernel)
    kernels = (kernel,) * count if isinstance(kernel, int) else kernel
    dilations = (dilation,) * count if isinstance(dilation, int) else dilation
    return tuple((k - 1) // 2 * d for k, d in zip(kernels, dilations, strict=True))


class Conv3dNormActivation(Conv2dNormActivation):
    """The same with Conv3d; norm_layer is BatchNorm3d unless another is given.

    Args:
        in_channels, out_channels, *args, **kwargs: as for `Conv2dNormActivation`.

    >>> [type(m).__name__ for m in Conv3dNormActivation(3, 8)]
    ['Conv3d', 'BatchNorm3d', 'ReLU']
    """

    _convolution = nn.Conv3d

    def __init__(self, in_channels, out_channels, *args, **kwargs):
        if len(args) < 5:
            kwargs.setdefault("norm_layer", nn.BatchNorm3d)
        super().__init__(in_channels, out_channels, *args, **kwargs)


class SqueezeExcitation(nn.Module):
    """Scale each channel by what all channels' means say.

        input * scale(fc2(activation(fc1(mean over H and W))))

    Args:
        input_channels: of the image.
        squeeze_channels: of the small layer between.
        activation, scale_activation: classes of activations.

    See:
        Hu, Shen and Sun, "Squeeze-and-Excitation Networks" (2018), arXiv:1709.01507.

    >>> import rushlight
    >>> SqueezeExcitation(8, 2)(rushlight.ones(1, 8, 3, 3)).shape
    torch.Size([1, 8, 3, 3])
    """

    def __init__(
        self,
        input_channels,
        squeeze_channels,
        activation=nn.ReLU,
        scale_activation=nn.Sigmoid,
    ):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input):
        """The scaled image, (N, C, H, W)."""
        hidden = self.activation(self.fc1(self.avgpool(input)))
        return self.scale_activation(self.fc2(hidden)) * input


class MLP(nn.Sequential):
    """Linear layers with activations and dropout between them.

    Args:
        in_channels: of the input.
        hidden_channels: the output channels of each Linear.
        norm_layer: a function of the number of channels, or None for no norm.
        activation_layer: the activation's class.
        inplace: whether activations and dropout write into their inputs.
        bias: whether the Linears have one.
        dropout: the probability.

    >>> [type(m).__name__ for m in MLP(4, [8, 2])]
    ['Linear', 'ReLU', 'Dropout', 'Linear', 'Dropout']
    """

    def __init__(
        self,
        in_channels,
        hidden_channels,
        norm_layer=None,
        activation_layer=nn.ReLU,
        inplace=None,
        bias=True,
        dropout=0.0,
    ):
        options = {} if inplace is None else {"inplace": inplace}
        layers, before = [], in_channels
        for channels in hidden_channels[:-1]:
            layers.append(nn.Linear(before, channels, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(channels))
            layers.append(activation_layer(**options))
            layers.append(nn.Dropout(dropout, **options))
            before = channels
        layers.append(nn.Linear(before, hidden_channels[-1], bias=bias))
        layers.append(nn.Dropout(dropout, **options))
        super().__init__(*layers)


class Permute(nn.Module):
    """`permute` as a layer.

    Args:
        dims: the order of the dimensions.

    >>> import rushlight
    >>> Permute([1, 0])(rushlight.ones(2, 3)).shape
    torch.Size([3, 2])
    """

    def __init__(self, dims):
        super().__init__()
        self.dims = dims

    def forward(self, x):
        """A view of x."""
        return x.permute(self.dims)


class FrozenBatchNorm2d(nn.Module):
    """Batch norm with fixed statistics and weights, all of them buffers.

    Args:
        num_features: the number of channels.
        eps: added to the variance.

    >>> import rushlight
    >>> FrozenBatchNorm2d(3)
    FrozenBatchNorm2d(3, eps=1e-05)
    """

    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.eps = eps
        for name in ("weight", "bias", "running_mean", "running_var"):
            make = TORCH["ones" if name in ("weight", "running_var") else "zeros"]
            self.register_buffer(name, make(num_features))

    def _load_from_state_dict(self, state_dict, prefix, *args):
        state_dict.pop(f"{prefix}num_batches_tracked", None)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def forward(self, x):
        """The normalized image, (N, C, H, W)."""
        wide = partial(TORCH["reshape"], shape=(1, -1, 1, 1))
        scale = wide(self.weight) * (wide(self.running_var) + self.eps).rsqrt()
        return x * scale + (wide(self.bias) - wide(self.running_mean) * scale)

    def __repr__(self):
        return f"{type(self).__name__}({self.weight.shape[0]}, eps={self.eps})"


def initialize(model, linear=None):
    """The initial values that most models of pictures start from.

    Convolutions by He's normal rule for their outputs, norms as the identity.

    Args:
        model: a Module.
        linear: a function that sets a Linear's weight, or None to leave Linears alone.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, (nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
        elif linear is not None and isinstance(module, nn.Linear):
            linear(module.weight)
            nn.init.zeros_(module.bias)


#: The usual function for `initialize`.
narrow = partial(nn.init.normal_, mean=0.0, std=0.01)
