"""Matrices: factors, solutions, norms, triangles, diagonals."""

from rushlight._ops.linalg import (
    determinants,
    diagonals,
    eigen,
    factors,
    least,
    lu,
    norms,
    powers,
    reflections,
    solve,
    svd,
    triangles,
)
