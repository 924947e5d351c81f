"""Activations along a dimension: the softmax family and GLU."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class _AlongDim(Module):
    """An activation along one dimension.

    Args:
        dim: int.
    """

    __constants__ = ["dim"]

    def __init__(self, dim=None):
        super().__init__()
        self.dim = dim

    def extra_repr(self):
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """Positive values with sum 1 along a dimension.

        y_i = exp(x_i) / sum_j exp(x_j)

    Args:
        dim: int; left out, PyTorch's old choice with a warning.

    >>> import rushlight
    >>> Softmax(dim=0)(rushlight.tensor([0.0, 1.0]))
    tensor([0.2689, 0.7311])
    """

    def forward(self, input):
        return F.softmax(input, self.dim)


class LogSoftmax(_AlongDim):
    """The logarithm of softmax, computed without it.

        y_i = x_i - log sum_j exp(x_j)

    Args:
        dim: int; left out, PyTorch's old choice with a warning.

    >>> import rushlight
    >>> LogSoftmax(dim=0)(rushlight.tensor([0.0, 1.0]))
    tensor([-1.3133, -0.3133])
    """

    def forward(self, input):
        return F.log_softmax(input, self.dim)


class Softmin(_AlongDim):
    """Softmax of the negative.

        y_i = exp(-x_i) / sum_j exp(-x_j)

    Args:
        dim: int; left out, PyTorch's old choice with a warning.

    >>> import rushlight
    >>> Softmin(dim=0)(rushlight.tensor([0.0, 1.0]))
    tensor([0.7311, 0.2689])
    """

    def forward(self, input):
        return F.softmin(input, self.dim)


class Softmax2d(Module):
    """Softmax over the channels at each place of a picture.

    Input (N, C, H, W) or (C, H, W), float; output the same shape.

    >>> import rushlight
    >>> Softmax2d()(rushlight.zeros(2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ArgumentError(
                explain(
                    "Softmax2d()",
                    expected="input to be 3D or 4D: (N, C, H, W) or (C, H, W)",
                    got=f"{input.dim()}D, shape {list(input.shape)}",
                    do="Use Softmax(dim) for other shapes.",
                )
            )
        return F.softmax(input, -3)


class GLU(_AlongDim):
    """One half of the input, let through by the sigmoid of the other.

        y = a / (1 + exp(-b)),    x = [a, b] along dim

    Args:
        dim: int, a dimension of even size.

    >>> import rushlight
    >>> GLU()(rushlight.tensor([2.0, 0.0]))
    tensor([1.])
    """

    def __init__(self, dim=-1):
        super().__init__(dim)

    def forward(self, input):
        return F.glu(input, self.dim)
