"""So many numbers at even distances: linspace, logspace."""

import numpy as np

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentRuntimeError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._symbolic import has_symbols, spaced_symbolic
from rushlight._ops._values import as_number, element
from rushlight._ops.create.options import (
    check_options,
    dtype_or_default,
    finish,
    put_created,
)

# --------------------------------------------------------------------- even steps


def linspace(
    start,
    end,
    steps,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Evenly spaced numbers from start to end, both included.

    Args:
        start, end: numbers or tensors without dimensions.
        steps: how many numbers.
        out, dtype, layout, device, pin_memory, requires_grad: as for `zeros`.

    Returns:
        Tensor: (steps,).

    Raises:
        RuntimeError: where steps is negative.

    >>> import rushlight
    >>> rushlight.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "linspace()")
    start, end, steps, dtype = _span(start, end, steps, dtype, out, "linspace()")
    if out is None and has_symbols((start, end, steps)) and dtype.is_floating_point:
        found = spaced_symbolic(start, end, steps, dtype)
        return found.requires_grad_() if requires_grad else found
    array = _spaced(start, end, steps, dtype.numpy).astype(dtype.numpy, copy=False)
    if out is not None:
        return put_created(array, out, None, "linspace()")
    return finish(array, device, requires_grad)


def _span(start, end, steps, dtype, out, who):
    ends = []
    for name, value in (("start", start), ("end", end)):
        if isinstance(value, Tensor):
            if value._array.shape:
                raise ArgumentRuntimeError(
                    explain(
                        who,
                        expected="numbers or 0-dimensional start and end tensors",
                        got=f"{name} with {value.ndim} dimension(s)",
                        do="Pass one number.",
                    )
                )
            value = value.item()
        ends.append(as_number(value, who, name))
    steps = as_index(steps, who, "steps")
    if steps < 0:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="a number of steps that is non-negative",
                got=steps,
                do="Give at least 0.",
            )
        )
    if out is not None and dtype is None:
        dtype = out.dtype
    elif dtype is None and any(isinstance(v, complex) for v in ends):
        dtype = config.default_complex_dtype()
    return *ends, steps, dtype_or_default(dtype, who)


_WIDE = {"f": np.float64, "d": np.longdouble}


def _spaced(start, end, steps, dtype):
    """As torch: counted from both ends, so that the last one is exact; not yet rounded.

    Start and end are first made elements of the dtype; halves are then computed in
    float32, integers in float64.
    """
    kind = dtype if dtype.kind in "fc" and dtype.itemsize > 2 else np.dtype(np.float64)
    if dtype.kind == "V" or dtype == np.float16:
        kind = np.dtype(np.float32)
    start, end = (
        kind.type(element(value, dtype, "linspace()")[()]) for value in (start, end)
    )
    step = (end - start) / kind.type(max(steps - 1, 1))
    half = steps // 2
    values = np.empty(steps, kind)
    # torch multiplies and adds with one rounding: here in a wider dtype.
    wide = _WIDE.get(dtype.char, kind.type)
    begin, end, step = wide(start), wide(end), wide(step)
    values[:half] = begin + step * np.arange(half).astype(wide)
    values[half:] = end - step * np.arange(steps - half - 1, -1, -1).astype(wide)
    if steps == 1:
        values[0] = start
    return values


def logspace(
    start,
    end,
    steps,
    base=10.0,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Powers of base with evenly spaced exponents from start to end, both included.

    Args:
        start, end: numbers, the exponents.
        steps: how many numbers.
        base: a number.
        out, dtype, layout, device, pin_memory, requires_grad: as for `zeros`.

    Returns:
        Tensor: (steps,).

    Raises:
        RuntimeError: where steps is negative.

    >>> import rushlight
    >>> rushlight.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "logspace()")
    start, end, steps, dtype = _span(start, end, steps, dtype, out, "logspace()")
    wide = np.complex128 if dtype.category == dtypes.COMPLEX else np.float64
    exponents = _spaced(start, end, steps, dtype.numpy)
    with np.errstate(all="ignore"):
        array = np.power(wide(base), exponents).astype(dtype.numpy)
    if out is not None:
        return put_created(array, out, None, "logspace()")
    return finish(array, device, requires_grad)


expose(linspace, method=False)
expose(logspace, method=False)
