"""Normalisation within a sample: LayerNorm, GroupNorm, RMSNorm, LocalResponseNorm."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """Normalise over the last dimensions, then scale and shift each place.

        y = (x - mean) / sqrt(variance + eps) weight + bias

    Input (*, normalized_shape), float; output the same shape.

    Args:
        normalized_shape: int, or the sizes of the last dimensions.
        eps: float, keeps from dividing by zero.
        elementwise_affine: whether there are a weight and a bias.
        bias: whether there is a bias, where affine.
        device, dtype: of the parameters.

    Attributes:
        weight, bias: (normalized_shape) or None; start at 1 and 0.

    Raises:
        RuntimeError: for input whose last sizes are others.

    See:
        Ba and others, "Layer normalization", arXiv:1607.06450.

    >>> import rushlight
    >>> LayerNorm(2, elementwise_affine=False)(rushlight.tensor([1.0, 3.0]))
    tensor([-1.0000,  1.0000])
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]

    def __init__(
        self,
        normalized_shape,
        eps=1e-5,
        elementwise_affine=True,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.normalized_shape = _sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        place = {"device": device, "dtype": dtype}
        there = {"weight": elementwise_affine, "bias": elementwise_affine and bias}
        for name, wanted in there.items():
            value = empty_parameter(*self.normalized_shape, **place) if wanted else None
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self):
        """Set scale 1, shift 0."""
        if self.elementwise_affine:
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    def forward(self, input):
        own = self._parameters
        try:  # Note [Hot attributes]
            weight, bias = own["weight"], own["bias"]
        except KeyError:
            weight, bias = self.weight, self.bias
        return F.layer_norm(input, self.normalized_shape, weight, bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


def _sizes(normalized_shape):
    if isinstance(normalized_shape, int):
        return (normalized_shape,)
    return tuple(normalized_shape)


class RMSNorm(Module):
    """Divide by the root mean square over the last dimensions, then scale each place.

        y = x / sqrt(mean(x^2) + eps) weight

    Input (*, normalized_shape), float; output the same shape.

    Args:
        normalized_shape: int, or the sizes of the last dimensions.
        eps: float; left out: the smallest step at 1 of the dtype.
        elementwise_affine: whether there is a weight.
        device, dtype: of the parameter.

    Attributes:
        weight: (normalized_shape) or None; starts at 1.

    See:
        Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.

    >>> import rushlight
    >>> RMSNorm(2, elementwise_affine=False)(rushlight.tensor([3.0, 3.0]))
    tensor([1., 1.])
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]

    def __init__(
        self,
        normalized_shape,
        eps=None,
        elementwise_affine=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.normalized_shape = _sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        weight = None
        if elementwise_affine:
            weight = empty_parameter(*self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", weight)
        self.reset_parameters()

    def reset_parameters(self):
        """Set scale 1."""
        if self.elementwise_affine:
            init.ones_(self.weight)

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(Module):
    """Normalise each group of channels of each sample, then scale and shift channels.

        y = (x - mean) / sqrt(variance + eps) weight + bias

    Input (N, C, *), float; output the same shape.

    Args:
        num_groups: int, into how many the channels are divided.
        num_channels: int, C.
        eps: float, keeps from dividing by zero.
        affine: whether there are a weight and a bias.
        device, dtype: of the parameters.
        bias: whether there is a bias, where affine.

    Attributes:
        weight, bias: (C,) or None; start at 1 and 0.

    Raises:
        ValueError: where the groups do not divide the channels.

    See:
        Wu and He, "Group normalization", ECCV 2018.

    >>> import rushlight
    >>> GroupNorm(1, 2, affine=False)(rushlight.tensor([[1.0, 3.0]]))
    tensor([[-1.0000,  1.0000]])
    """

    __constants__ = ["num_groups", "num_channels", "eps", "affine"]

    def __init__(
        self,
        num_groups,
        num_channels,
        eps=1e-5,
        affine=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__()
        if num_channels % num_groups:
            raise ArgumentError(
                explain(
                    "GroupNorm()",
                    expected=f"num_channels must be divisible by num_groups "
                    f"({num_groups})",
                    got=num_channels,
                    do="The order is GroupNorm(num_groups, num_channels).",
                )
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        for name, there in (("weight", affine), ("bias", affine and bias)):
            value = None
            if there:
                value = empty_parameter(num_channels, device=device, dtype=dtype)
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self):
        """Set scale 1, shift 0."""
        if self.affine:
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    def forward(self, input):
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
            f"affine={self.affine}, bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """Divide each channel by the strength of its neighbours.

        y_c = x_c / (k + alpha / size sum of x_j^2 over size channels around c)^beta

    Input (N, C, *), float; output the same shape.

    Args:
        size: int, how many channels count.
        alpha, beta, k: float.

    See:
        Krizhevsky and others, "ImageNet classification with deep convolutional neural
        networks", NeurIPS 2012.

    >>> import rushlight
    >>> LocalResponseNorm(2)(rushlight.zeros(1, 4, 3)).shape
    torch.Size([1, 4, 3])
    """

    __constants__ = ["size", "alpha", "beta", "k"]

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1.0):
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input):
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self):
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
