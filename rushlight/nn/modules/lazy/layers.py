"""The lazy forms of Linear, the convolutions, batch and instance norm."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.nn.modules import batchnorm, conv, instancenorm
from rushlight.nn.modules.lazy.mixin import LazyModuleMixin
from rushlight.nn.modules.linear import Linear
from rushlight.nn.parameter import UninitializedBuffer, UninitializedParameter

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
]


class LazyLinear(LazyModuleMixin, Linear):
    """`Linear` whose in_features is the size of its first input's last dimension.

    Args:
        out_features, bias, device, dtype: as for `Linear`.

    >>> import rushlight
    >>> layer = LazyLinear(3)
    >>> layer
    LazyLinear(in_features=0, out_features=3, bias=True)
    >>> _ = layer(rushlight.zeros(1, 5))
    >>> layer
    Linear(in_features=5, out_features=3, bias=True)
    """

    cls_to_become = Linear

    def __init__(self, out_features, bias=True, device=None, dtype=None):
        super().__init__(0, 0, False)
        self.out_features = out_features
        place = {"device": device, "dtype": dtype}
        self.weight = UninitializedParameter(**place)
        if bias:
            self.bias = UninitializedParameter(**place)

    def reset_parameters(self):
        if self.in_features and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input):
        """Take in_features from the input."""
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()
        elif self.in_features == 0:  # its values were loaded
            self.in_features = self.weight.shape[-1]


class _LazyConv(LazyModuleMixin):
    """A convolution whose in_channels is that of its first input."""

    def _promise(self, out_channels, bias, device, dtype):
        """Set the output's channels and the parameters without shape."""
        self.out_channels = out_channels
        place = {"device": device, "dtype": dtype}
        self.weight = UninitializedParameter(**place)
        if bias:
            self.bias = UninitializedParameter(**place)

    def reset_parameters(self):
        """Draw new initial values, once there is something to fill."""
        if self.in_channels and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input, *args, **kwargs):
        """Take in_channels from the input."""
        if self.has_uninitialized_params():
            self.in_channels = self._channels_of(input)
            self._check()
            first, second = self.in_channels, self.out_channels
            if not self.transposed:
                first, second = second, first
            shape = (first, second // self.groups, *self.kernel_size)
            self.weight.materialize(shape)
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()
        elif self.in_channels == 0:  # its values were loaded
            place = 0 if self.transposed else 1
            groups = 1 if self.transposed else self.groups
            self.in_channels = self.weight.shape[place] * groups

    def _channels_of(self, input):
        dims = len(self.kernel_size)
        if input.dim() not in (dims + 1, dims + 2):
            raise ArgumentRuntimeError(
                explain(
                    f"{type(self).__name__}()",
                    expected=f"{dims + 1}D (unbatched) or {dims + 2}D (batched) input",
                    got=f"size {list(input.shape)}",
                    do="The channels come before the sizes.",
                )
            )
        return input.shape[-dims - 1]


class _LazyConvNd(_LazyConv):
    """A lazy convolution; the arguments are the ordinary one's, but for in_channels."""

    def __init__(
        self,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        super().__init__(
            0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode
        )
        self._promise(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConvNd, conv.Conv1d):
    """`Conv1d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConv1d(4, 3)(rushlight.zeros(1, 2, 5)).shape
    torch.Size([1, 4, 3])
    """

    cls_to_become = conv.Conv1d


class LazyConv2d(_LazyConvNd, conv.Conv2d):
    """`Conv2d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConv2d(4, 3)(rushlight.zeros(1, 2, 5, 5)).shape
    torch.Size([1, 4, 3, 3])
    """

    cls_to_become = conv.Conv2d


class LazyConv3d(_LazyConvNd, conv.Conv3d):
    """`Conv3d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConv3d(4, 3)(rushlight.zeros(1, 2, 5, 5, 5)).shape
    torch.Size([1, 4, 3, 3, 3])
    """

    cls_to_become = conv.Conv3d


class _LazyConvTransposeNd(_LazyConv):
    """A lazy transposed convolution; its arguments, but for in_channels."""

    def __init__(
        self,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        sizes = (kernel_size, stride, padding, output_padding)
        super().__init__(0, 0, *sizes, groups, False, dilation, padding_mode)
        self._promise(out_channels, bias, device, dtype)


class LazyConvTranspose1d(_LazyConvTransposeNd, conv.ConvTranspose1d):
    """`ConvTranspose1d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConvTranspose1d(4, 3)(rushlight.zeros(1, 2, 5)).shape
    torch.Size([1, 4, 7])
    """

    cls_to_become = conv.ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTransposeNd, conv.ConvTranspose2d):
    """`ConvTranspose2d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConvTranspose2d(4, 3)(rushlight.zeros(1, 2, 5, 5)).shape
    torch.Size([1, 4, 7, 7])
    """

    cls_to_become = conv.ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTransposeNd, conv.ConvTranspose3d):
    """`ConvTranspose3d` whose in_channels is that of its first input.

    >>> import rushlight
    >>> LazyConvTranspose3d(4, 3)(rushlight.zeros(1, 2, 5, 5, 5)).shape
    torch.Size([1, 4, 7, 7, 7])
    """

    cls_to_become = conv.ConvTranspose3d


class _LazyNorm(LazyModuleMixin):
    """A norm whose num_features is the number of channels of its first input."""

    def __init__(
        self,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        place = {"device": device, "dtype": dtype}
        super().__init__(0, eps, momentum, False, track_running_stats, **place)
        self.affine = affine
        if affine:
            self.weight = UninitializedParameter(**place)
            if bias:
                self.bias = UninitializedParameter(**place)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**place)
            self.running_var = UninitializedBuffer(**place)

    def reset_parameters(self):
        """Set scale 1, shift 0 and no statistics, once there is something to fill."""
        if self.num_features and not self.has_uninitialized_params():
            super().reset_parameters()

    def initialize_parameters(self, input):
        """Take num_features from the input's dimension 1."""
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            for name in ("weight", "bias", "running_mean", "running_var"):
                value = getattr(self, name)
                if value is not None:
                    value.materialize((self.num_features,))
            self.reset_parameters()
        elif self.num_features == 0:  # its values were loaded
            known = self.weight if self.affine else self.running_mean
            self.num_features = input.shape[1] if known is None else known.shape[0]


class LazyBatchNorm1d(_LazyNorm, batchnorm.BatchNorm1d):
    """`BatchNorm1d` whose num_features is that of its first input.

    >>> import rushlight
    >>> layer = LazyBatchNorm1d()
    >>> layer(rushlight.zeros(2, 3)).shape, layer.num_features
    (torch.Size([2, 3]), 3)
    """

    cls_to_become = batchnorm.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, batchnorm.BatchNorm2d):
    """`BatchNorm2d` whose num_features is that of its first input."""

    cls_to_become = batchnorm.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, batchnorm.BatchNorm3d):
    """`BatchNorm3d` whose num_features is that of its first input."""

    cls_to_become = batchnorm.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, instancenorm.InstanceNorm1d):
    """`InstanceNorm1d` whose num_features is that of its first input.

    >>> import rushlight
    >>> layer = LazyInstanceNorm1d()
    >>> layer(rushlight.zeros(2, 3, 4)).shape, layer.num_features
    (torch.Size([2, 3, 4]), 3)
    """

    cls_to_become = instancenorm.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, instancenorm.InstanceNorm2d):
    """`InstanceNorm2d` whose num_features is that of its first input."""

    cls_to_become = instancenorm.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, instancenorm.InstanceNorm3d):
    """`InstanceNorm3d` whose num_features is that of its first input."""

    cls_to_become = instancenorm.InstanceNorm3d
