"""Linear algebra, with torch.linalg's names."""

from rushlight._base.errors import LinAlgError
from rushlight._ops.linalg.determinants import det
from rushlight._ops.linalg.determinants import linalg_slogdet as slogdet
from rushlight._ops.linalg.eigen import eig, eigh, eigvals, eigvalsh
from rushlight._ops.linalg.factors import linalg_cholesky as cholesky
from rushlight._ops.linalg.factors import linalg_cholesky_ex as cholesky_ex
from rushlight._ops.linalg.factors import linalg_qr as qr
from rushlight._ops.linalg.least import cond, lstsq, matrix_rank, pinv
from rushlight._ops.linalg.lu import linalg_lu_solve as lu_solve
from rushlight._ops.linalg.lu import lu, lu_factor, lu_factor_ex
from rushlight._ops.linalg.norms import matrix_norm, norm, vector_norm
from rushlight._ops.linalg.powers import linalg_cross as cross
from rushlight._ops.linalg.powers import linalg_vander as vander
from rushlight._ops.linalg.powers import (
    matrix_exp,
    matrix_power,
    tensorinv,
    tensorsolve,
    vecdot,
)
from rushlight._ops.linalg.reflections import householder_product
from rushlight._ops.linalg.solve import inv, inv_ex, solve, solve_ex, solve_triangular
from rushlight._ops.linalg.svd import linalg_svd as svd
from rushlight._ops.linalg.svd import svdvals
from rushlight._ops.matmul.chain import multi_dot
from rushlight._ops.matmul.product import matmul
from rushlight._ops.view.diagonal import diagonal as _diagonal


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """The diagonals of matrices, as a view.

    Args:
        A: (*, m, n).
        offset: which diagonal, above the main one where positive.
        dim1, dim2: the dimensions of the matrices.

    >>> import rushlight
    >>> rushlight.linalg.diagonal(rushlight.eye(2))
    tensor([1., 1.])
    """
    return _diagonal(A, offset, dim1, dim2)


__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
