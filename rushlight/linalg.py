"""Linear algebra, with torch.linalg's names."""

from rushlight._base.errors import LinAlgError
from rushlight._ops.linalg.norms import matrix_norm, norm, vector_norm
from rushlight._ops.linalg.svd import svdvals
from rushlight._ops.matmul.chain import multi_dot
from rushlight._ops.matmul.product import matmul

__all__ = [
    "LinAlgError",
    "matmul",
    "matrix_norm",
    "multi_dot",
    "norm",
    "svdvals",
    "vector_norm",
]
