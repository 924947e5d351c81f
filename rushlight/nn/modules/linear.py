"""Linear layers: Linear, Bilinear, Identity."""

import math

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter

__all__ = ["Bilinear", "Identity", "Linear"]


class Identity(Module):
    """The input, unchanged; whatever it is built with is ignored.

        y = x

    >>> import rushlight
    >>> Identity(54, unused=True)(rushlight.ones(1))
    tensor([1.])
    """

    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, input):
        return input


class Linear(Module):
    """An affine map of the last dimension.

        y = x A^T + b

    Args:
        in_features: int, the size of x's last dimension.
        out_features: int, the size of y's.
        bias: whether there is a b.
        device, dtype: of the parameters.

    Attributes:
        weight: A, (out_features, in_features); starts uniform within
            ``1 / sqrt(in_features)`` of 0.
        bias: b, (out_features,), or None; starts likewise.

    >>> import rushlight
    >>> Linear(20, 30)(rushlight.zeros(8, 20)).shape
    torch.Size([8, 30])
    """

    __constants__ = ["in_features", "out_features"]

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        place = {"device": device, "dtype": dtype}
        self.in_features = in_features
        self.out_features = out_features
        self.weight = empty_parameter(out_features, in_features, **place)
        if bias:
            self.bias = empty_parameter(out_features, **place)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new initial values."""
        # With a = sqrt(5) the bound is 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        own = self._parameters
        try:  # Note [Hot attributes]
            weight, bias = own["weight"], own["bias"]
        except KeyError:
            weight, bias = self.weight, self.bias
        return F.linear(input, weight, bias)

    def extra_repr(self):
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name that attention's output layer has in PyTorch."""


class Bilinear(Module):
    """A bilinear map of two inputs.

        y_k = x1^T A_k x2 + b_k

    Args:
        in1_features, in2_features: int, the sizes of the inputs' last dimensions.
        out_features: int, the size of y's.
        bias: whether there is a b.
        device, dtype: of the parameters.

    Attributes:
        weight: A, (out_features, in1_features, in2_features); starts uniform within
            ``1 / sqrt(in1_features)`` of 0.
        bias: b, (out_features,), or None; starts likewise.

    >>> import rushlight
    >>> Bilinear(2, 3, 4)(rushlight.zeros(8, 2), rushlight.zeros(8, 3)).shape
    torch.Size([8, 4])
    """

    __constants__ = ["in1_features", "in2_features", "out_features"]

    def __init__(
        self,
        in1_features,
        in2_features,
        out_features,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        if in1_features <= 0:
            raise ArgumentError(
                explain(
                    "Bilinear()",
                    expected="in1_features must be > 0",
                    got=in1_features,
                    do="Give the size of the first input's last dimension.",
                )
            )
        place = {"device": device, "dtype": dtype}
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = empty_parameter(out_features, in1_features, in2_features, **place)
        if bias:
            self.bias = empty_parameter(out_features, **place)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new initial values."""
        bound = 1 / math.sqrt(self.weight.shape[1])
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1, input2):
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self):
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
