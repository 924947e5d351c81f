"""Shared by families: distances and angles between vectors, in Tensor operations."""

from rushlight._ops._arguments import require_tensor


def p_distance(x, y, p, eps, keepdim, who):
    """The p-norm of ``x - y + eps`` over the last dimension."""
    require_tensor(x, who, "x1")
    require_tensor(y, who, "x2")
    return (x - y + eps).norm(p, -1, keepdim)
