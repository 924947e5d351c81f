"""Products: of matrices, vectors and stacks of them."""

from rushlight._ops.matmul import added, chain, einsum, linear, product, vectors
