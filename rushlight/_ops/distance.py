"""Distances between all pairs of rows: cdist and pdist."""

import math

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    ShapeError,
    explain,
)
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import wide

_MANY = 25  # rows from which on Euclidean distances are made of products, as in PyTorch
_BLOCK = 4_000_000  # differences at a time
_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)

# ----------------------------------------------------------------------------- cdist


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm distances between all rows of two matrices.

    Args:
        x1: (*, P, M), float.
        x2: (*, R, M), the same dtype; leading sizes broadcast.
        p: the norm's exponent, >= 0 (0 counts the elements that differ).
        compute_mode: whether Euclidean distances are made of matrix products, which is
            faster and less exact: by default where there are more than 25 rows.

    Returns:
        Tensor: (*, P, R).

    Raises:
        RuntimeError: for sizes or dtypes that do not fit, or a negative p.
        ValueError: for an unknown compute_mode.

    >>> import rushlight
    >>> x = rushlight.tensor([[0.0, 0.0], [3.0, 4.0]])
    >>> rushlight.cdist(x, x)
    tensor([[0., 5.],
            [5., 0.]])
    """
    who = "cdist()"
    for name, x in (("x1", x1), ("x2", x2)):
        require_tensor(x, who, name)
        refuse(x._array, who, "biuUc", DtypeError)
        if x.ndim < 2:
            raise ShapeError(
                explain(
                    who,
                    expected="at least 2D tensors",
                    got=f"{name} of {x.ndim}D",
                    do="Rows are vectors: (P, M).",
                )
            )
    if compute_mode not in _MODES:
        raise ArgumentError(
            explain(
                who,
                expected=f"compute_mode to be one of {_MODES}",
                got=compute_mode,
                do="Correct the spelling.",
            )
        )
    if not p >= 0:
        raise ArgumentRuntimeError(
            explain(who, expected="p >= 0", got=p, do="2 is Euclidean.")
        )
    return call(CDIST, x1, x2, p=float(p), mode=_MODES.index(compute_mode))


def _cdist_spec(x, y, *, p, mode):
    if x.dtype != y.dtype or x.shape[-1] != y.shape[-1]:
        raise ShapeError(
            explain(
                "cdist()",
                expected="x1 and x2 with the same number of columns and one dtype",
                got=f"{x.dtype} {list(x.shape)} and {y.dtype} {list(y.shape)}",
                do="Rows of both are vectors of one size.",
            )
        )
    lead = broadcast_shapes(x.shape[:-2], y.shape[:-2])
    return Spec((*lead, x.shape[-2], y.shape[-2]), x.dtype)


def _cdist_eager(backend, x, y, *, p, mode):
    np, found = backend.np, _cdist_spec(x, y, p=p, mode=mode)
    a, b = wide(x), wide(y)
    many = a.shape[-2] > _MANY or b.shape[-2] > _MANY
    if p == 2 and (mode == 1 or (mode == 0 and many)):
        result = _by_products(np, a, b)
    else:
        result = np.empty(found.shape, a.dtype)
        step = max(1, _BLOCK // max(1, b.size))
        for i in range(0, a.shape[-2], step):
            rows = a[..., i : i + step, None, :]
            result[..., i : i + step, :] = _norm(np, rows - b[..., None, :, :], p)
    return result.astype(x.dtype, copy=False)


def _by_products(np, a, b):
    squares = np.matmul(a, b.swapaxes(-1, -2))
    squares *= -2
    squares += np.einsum("...i,...i->...", a, a)[..., None]
    squares += np.einsum("...i,...i->...", b, b)[..., None, :]
    np.maximum(squares, 0, out=squares)
    return np.sqrt(squares, squares)


def _norm(np, d, p):
    """The p-norm over the last dimension."""
    if not d.shape[-1]:
        return np.zeros(d.shape[:-1], d.dtype)
    if p == 0:
        return (d != 0).sum(-1).astype(d.dtype)
    if p == 2:
        return np.sqrt(np.einsum("...i,...i->...", d, d))
    size = np.abs(d)
    if p == 1:
        return size.sum(-1)
    return size.max(-1) if p == math.inf else (size**p).sum(-1) ** (1 / p)


def _cdist_grad(g, *, x, y, out, p, needs):
    if p == 2:
        return _euclidean_gradients(g, x, y, out, needs)
    d = x.unsqueeze(-2) - y.unsqueeze(-3)
    if p == 0:
        slope = d * 0
    elif p == 1:
        slope = d.sign()
    elif p == math.inf:
        slope = d.sign() * (d.abs() == out.unsqueeze(-1))
    else:
        safe = out.masked_fill(out == 0, 1).unsqueeze(-1)
        slope = d.sign() * (d.abs() / safe).pow(p - 1)
        slope = slope.masked_fill((d == 0) if p < 1 else (out == 0).unsqueeze(-1), 0)
    slope = slope * g.unsqueeze(-1)
    return (
        slope.sum(-2) if needs[0] else None,
        -slope.sum(-3) if needs[1] else None,
    )


def _euclidean_gradients(g, x, y, out, needs):
    weights = (g / out.masked_fill(out == 0, 1)).masked_fill(out == 0, 0)
    g_x = g_y = None
    if needs[0]:
        g_x = weights.sum(-1, keepdim=True) * x - weights @ y
    if needs[1]:
        g_y = weights.sum(-2).unsqueeze(-1) * y - weights.mT @ x
    return g_x, g_y


CDIST = define(
    "cdist",
    inputs="x y",
    eager=_cdist_eager,
    spec=_cdist_spec,
    grad=_cdist_grad,
    autocast="float32",
)
expose(cdist, method=False)

# ----------------------------------------------------------------------------- pdist


def pdist(input, p=2.0):
    """The p-norm distances between every two rows of one matrix.

    Args:
        input: (N, M), float.
        p: the norm's exponent, >= 0.

    Returns:
        Tensor: (N (N - 1) / 2,): the upper triangle of `cdist(input, input)`, by row.

    Raises:
        RuntimeError: for another number of dimensions, or a negative p.

    >>> import rushlight
    >>> x = rushlight.tensor([[0.0], [1.0], [3.0]])
    >>> rushlight.nn.functional.pdist(x)
    tensor([1., 3., 2.])
    """
    require_tensor(input, "pdist()")
    if input.ndim != 2:
        raise ShapeError(
            explain(
                "pdist()",
                expected="a 2D tensor (N, M)",
                got=f"{input.ndim}D",
                do="Rows are vectors.",
            )
        )
    rows, columns = numpy.triu_indices(input._array.shape[0], 1)
    every = cdist(input, input, p, _MODES[2])
    index = input.new_tensor(rows.tolist()).long(), input.new_tensor(columns.tolist())
    return every[index[0], index[1].long()]


expose(pdist, method=False, functional=True)
