"""CrossMapLRN2d, the older form of LocalResponseNorm."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["CrossMapLRN2d"]


class CrossMapLRN2d(Module):
    """Divide each channel of images by the strength of its neighbours.

        y_c = x_c / (k + alpha / size sum of x_j^2 over size channels around c)^beta

    Input (N, C, H, W), float; output the same shape.

    Args:
        size: int, how many channels count.
        alpha, beta, k: float.

    >>> import rushlight
    >>> CrossMapLRN2d(3)(rushlight.zeros(1, 4, 2, 2)).shape
    torch.Size([1, 4, 2, 2])
    """

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1):
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input):
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self):
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
