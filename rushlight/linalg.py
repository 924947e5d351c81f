"""Linear algebra, with torch.linalg's names."""

from rushlight._ops.linalg.norms import matrix_norm, norm, vector_norm
from rushlight._ops.matmul.chain import multi_dot
from rushlight._ops.matmul.product import matmul

__all__ = ["matmul", "matrix_norm", "multi_dot", "norm", "vector_norm"]
