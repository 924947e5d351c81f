"""Requests for the routines of large calls (see `AdaptiveRoutine`)."""

import math

import numpy as np

_DTYPES = {np.dtype("f4"): "f32", np.dtype("f8"): "f64", np.dtype("i8"): "i64"}
#: The dtype of float32's totals (Note [Wide totals] in _ops/scan/cumulative.py).
_TOTALS = {"f32": "f64"}

#: The longest row of a product: half of it is kept in memory by each thread.
_LONGEST = 1 << 16


def _scan(kind, x, dim, **options):
    from rushlight._compiler.routines.scans import scan

    dtype = _DTYPES.get(x.dtype)
    if dtype is None or not x.size or not x.ndim:
        return None
    dim = dim % x.ndim
    shape = math.prod(x.shape[:dim]), x.shape[dim], math.prod(x.shape[dim + 1 :])
    routine = scan(kind, shape, dtype, **options)
    outputs = [(x.shape, x.dtype)]
    if len(routine.outputs) > 1:
        outputs.append((x.shape, np.dtype(np.int64)))
    return routine, outputs


def _total(kind):
    def request(x, *, dim, dtype, reverse=False):
        if dtype is not None and dtype.numpy != x.dtype:
            return None
        total = _TOTALS.get(_DTYPES.get(x.dtype))
        return _scan(kind, x, dim, total=total, reverse=reverse)

    return request


def _extreme(kind):
    return lambda x, *, dim: _scan(kind, x, dim, places=True)


def _product(x, *, dim, keepdim, dtype):
    from rushlight._compiler.routines.halves import row_products

    label = _DTYPES.get(x.dtype)
    if dtype is not None and dtype.numpy != x.dtype:
        return None
    if dim is None or dim % x.ndim != x.ndim - 1 or label not in ("f32", "f64"):
        return None
    rows, length = x.size // x.shape[-1], x.shape[-1]
    if not 32 < length <= _LONGEST:  # short ones are not halved by the eager rule
        return None
    shape = (*x.shape[:-1], 1) if keepdim else x.shape[:-1]
    return row_products(rows, length, label), [(shape, x.dtype)]


def _grid_sample(x, grid, **attrs):
    from rushlight._compiler.routines.sampling import grid_sample

    dtype, out = _DTYPES.get(x.dtype), grid.shape[1:-1]
    if dtype not in ("f32", "f64") or grid.dtype != x.dtype or 0 in (x.size, grid.size):
        return None
    count, (n, c, *sizes) = math.prod(out), x.shape
    routine = grid_sample(n, c, tuple(sizes), count, dtype, **attrs)
    return routine, [((n, c, *out), x.dtype)]


#: By the op's name.
REQUESTS = {
    "grid_sample": _grid_sample,
    "prod": _product,
    "cumsum": _total("add"),
    "cumprod": _total("mul"),
    "cummax": _extreme("max"),
    "cummin": _extreme("min"),
}
