"""Distances between vectors."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """The p-norm of the difference of two vectors, over the last dimension.

        y = (sum_i |x1_i - x2_i + eps|^p)^(1/p)

    Input two of (N, D) or (D,), float; output (N,), or (N, 1) with keepdim.

    Args:
        p: float, the norm's degree.
        eps: float, added to the difference.
        keepdim: whether the last dimension stays, with size 1.

    >>> import rushlight
    >>> PairwiseDistance()(rushlight.zeros(1, 2), rushlight.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """

    __constants__ = ["norm", "eps", "keepdim"]

    def __init__(self, p=2.0, eps=1e-6, keepdim=False):
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1, x2):
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between two vectors, along a dimension.

        y = x1 . x2 / max(|x1| |x2|, eps)

    Args:
        dim: int.
        eps: float, keeps from dividing by zero.

    >>> import rushlight
    >>> CosineSimilarity(0)(rushlight.ones(2), rushlight.tensor([1.0, 0.0]))
    tensor(0.7071)
    """

    __constants__ = ["dim", "eps"]

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1, x2):
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
