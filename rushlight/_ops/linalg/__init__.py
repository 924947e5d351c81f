"""Matrices: norms, triangles, diagonals."""

from rushlight._ops.linalg import diagonals, norms, svd, triangles
