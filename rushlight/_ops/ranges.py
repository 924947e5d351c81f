"""Creation by rule: arange, linspace, logspace, eye, indices of triangles."""

import math
import warnings

import numpy as np

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._factory import check_options, dtype_or_default, finish, put_created
from rushlight._ops._values import as_dtype, as_number

# ---------------------------------------------------------------------------- arange


def arange(
    *args,
    start=None,
    end=None,
    step=None,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Numbers from start (0 if left out) up to, without, end.

    Takes ``arange(end)``, ``arange(start, end)`` and ``arange(start, end, step)``.

    Args:
        start, end, step: numbers.
        out, layout, device, pin_memory, requires_grad: as for `zeros`.
        dtype: the element type; if left out int64, or the default dtype where an
            argument is a float.

    Returns:
        Tensor: (ceil((end - start) / step),).

    Raises:
        RuntimeError: where step is 0, leads away from end, or a bound is not finite.

    >>> import rushlight
    >>> rushlight.arange(1, 7, 2)
    tensor([1, 3, 5])
    """
    given = [v for v in (start, end, step) if v is not None] + list(args)
    start, end, step = _bounds(args, start, end, step)
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "arange()")
    if out is not None:
        dtype = out.dtype if dtype is None else dtype
    elif dtype is None:
        whole = all(v.__class__ in _WHOLE or _is_whole(v) for v in given)
        dtype = dtypes.int64 if whole else config.default_dtype()
    else:
        dtype = as_dtype(dtype, "arange()")
    array = _arange(start, end, step, dtype)
    if out is not None:
        return put_created(array, out, dtype, "arange()")
    return finish(array, device, requires_grad)


_WHOLE = frozenset((int, bool))


def _is_whole(value):
    return getattr(value, "dtype", None) is not None and (
        value._array.dtype if isinstance(value, Tensor) else value.dtype
    ).kind in "biu"


def _bounds(args, start, end, step):
    if args:
        if len(args) == 1 and end is None:
            end = args[0]
        else:
            named = [start, end, step]
            free = [i for i in range(3) if named[i] is None]
            if len(args) > len(free):
                raise _range_arguments(len(args))
            for place, value in zip(free, args, strict=False):
                named[place] = value
            start, end, step = named
    if end is None:
        raise _range_arguments(len(args))
    start = 0 if start is None else _plain_number(start, "start")
    step = 1 if step is None else _plain_number(step, "step")
    return start, _plain_number(end, "end"), step


def _range_arguments(count):
    return ArgumentTypeError(
        explain(
            "arange()",
            expected="(end), (start, end) or (start, end, step)",
            got=f"an invalid combination of arguments ({count} by position)",
            do="Name them.",
        )
    )


def _plain_number(value, name, who="arange()"):
    if value.__class__ is int or value.__class__ is float:
        return value
    value = as_number(value.item() if isinstance(value, Tensor) else value, who, name)
    if isinstance(value, complex):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"a real number for '{name}'",
                got=f"{value}: value cannot be converted without overflow",
                do="Use the real part.",
            )
        )
    return value


def _arange(start, end, step, dtype):
    if dtype.category in (dtypes.BOOL, dtypes.COMPLEX):
        raise UnsupportedError(
            explain(
                "arange()",
                expected="an integer or floating-point dtype",
                got=f"{dtype}: not implemented for it",
                do="Convert the result with .to(dtype).",
            )
        )
    whole = dtype.category == dtypes.INTEGER
    _check_range(start, end, step, whole)
    if whole:
        if isinstance(start, float) or isinstance(end, float) or isinstance(step, float):
            count = math.ceil((end - start) / step)
            first = int(start) + int(step) * np.arange(count, dtype=np.int64)
            return first.astype(dtype.numpy)
        with np.errstate(all="ignore"):
            return np.arange(start, end, step, dtype=np.int64).astype(
                dtype.numpy, copy=False
            )
    count = math.ceil((end - start) / step)
    values = np.arange(count, dtype=np.float64)
    if step != 1:
        values *= step
    if start:
        values += start
    return values.astype(dtype.numpy, copy=False)


def _check_range(start, end, step, whole):
    if whole and step and int(step) == 0:
        raise ArgumentError(_range_error("a step that is not zero as an integer", step))
    if step == 0:
        raise ArgumentRuntimeError(
            _range_error("step to be nonzero (step must be nonzero)", step)
        )
    if not (math.isfinite(start) and math.isfinite(end)):
        raise ArgumentRuntimeError(
            _range_error("finite bounds", f"unsupported range: {start} -> {end}")
        )
    if (end - start) * (1 if step > 0 else -1) < 0:
        raise ArgumentRuntimeError(
            _range_error(
                "a step that leads from start to end",
                f"start {start}, end {end}, step {step}: upper bound and lower bound "
                "inconsistent with step sign",
            )
        )


def _range_error(expected, got):
    return explain("arange()", expected=expected, got=got, do="Check start, end, step.")


def range_(start, end=None, step=1, **options):
    """Numbers from start to end, with end (deprecated: use `arange`).

    Args:
        start, end, step: numbers.
        options: dtype, out, layout, device, pin_memory, requires_grad as for `zeros`;
            the dtype is the default one if left out.

    Returns:
        Tensor: (floor((end - start) / step) + 1,).

    Raises:
        RuntimeError: where step is 0 or leads away from end.

    >>> import rushlight
    >>> rushlight.range(0, 2)  # doctest: +SKIP
    tensor([0., 1., 2.])
    """
    warnings.warn(
        "range is deprecated: unlike Python's it includes the end. Use arange.",
        UserWarning,
        stacklevel=2,
    )
    start, end = (0, start) if end is None else (start, end)
    count = math.floor((end - start) / step) + 1 if step else 0
    options.setdefault("dtype", config.default_dtype())
    if count < 1:  # arange words the error
        return arange(start, end, step, **options)
    return arange(start, start + step * (count - 0.5), step, **options)


expose(arange, method=False)
expose(range_, method=False, name="range")

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
    array = _linspace(start, end, steps, dtype.numpy)
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


def _linspace(start, end, steps, dtype):
    """As torch: counted from both ends, so that the last one is exact."""
    if steps == 1:
        return np.asarray([start]).astype(dtype)
    kind = dtype if dtype.kind in "fc" and dtype.itemsize > 2 else np.dtype(np.float64)
    if dtype.kind == "V" or dtype == np.float16:
        kind = np.dtype(np.float32)
    start, end = kind.type(start), kind.type(end)
    step = (end - start) / kind.type(max(steps - 1, 1))
    half = steps // 2
    values = np.empty(steps, kind)
    values[:half] = start + step * np.arange(half).astype(kind)
    values[half:] = end - step * np.arange(steps - half - 1, -1, -1).astype(kind)
    return values.astype(dtype, copy=False)


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
    exponents = _linspace(start, end, steps, np.dtype(wide))
    with np.errstate(all="ignore"):
        array = np.power(wide(base), exponents).astype(dtype.numpy)
    if out is not None:
        return put_created(array, out, None, "logspace()")
    return finish(array, device, requires_grad)


expose(linspace, method=False)
expose(logspace, method=False)

# ------------------------------------------------------------------------- matrices


def eye(
    n,
    m=None,
    *,
    out=None,
    dtype=None,
    layout=None,
    device=None,
    pin_memory=False,
    requires_grad=False,
):
    """Ones on the diagonal, zeros elsewhere.

    Args:
        n: the number of rows.
        m: the number of columns; n if left out.
        out, dtype, layout, device, pin_memory, requires_grad: as for `zeros`.

    Returns:
        Tensor: (n, m).

    Raises:
        RuntimeError: where n or m is negative.

    >>> import rushlight
    >>> rushlight.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if layout is not None or pin_memory:
        check_options(layout, pin_memory, "eye()")
    n = as_index(n, "eye()", "n")
    m = n if m is None else as_index(m, "eye()", "m")
    for name, size in (("n", n), ("m", m)):
        if size < 0:
            raise ArgumentRuntimeError(
                explain(
                    "eye()",
                    expected=f"{name} to be greater or equal to 0",
                    got=size,
                    do="Check the sizes.",
                )
            )
    if out is not None:
        return put_created(np.eye(n, m, dtype=bool), out, dtype, "eye()")
    dtype = dtype_or_default(dtype, "eye()").numpy
    array = np.zeros((n, m), dtype)
    np.einsum("ii->i", array[: min(n, m), : min(n, m)])[...] = True
    return finish(array, device, requires_grad)


def tril_indices(
    row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False
):
    """Rows and columns of the elements on and below a diagonal of a matrix.

    Args:
        row, col: the matrix's sizes.
        offset: which diagonal; 0 is the main one, positive ones lie above.
        dtype: int64 if left out, or int32.
        layout, device, pin_memory: as for `zeros`.

    Returns:
        Tensor: (2, count), the row numbers above the column numbers.

    Raises:
        RuntimeError: where a size is negative.

    >>> import rushlight
    >>> rushlight.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    options = dtype, layout, device, pin_memory
    return _triangle("tril_indices()", row, col, offset, np.less_equal, options)


def triu_indices(
    row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False
):
    """Rows and columns of the elements on and above a diagonal of a matrix.

    Arguments are as for `tril_indices`.

    Returns:
        Tensor: (2, count), the row numbers above the column numbers.

    >>> import rushlight
    >>> rushlight.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    options = dtype, layout, device, pin_memory
    return _triangle("triu_indices()", row, col, offset, np.greater_equal, options)


def _triangle(who, row, col, offset, compare, options):
    dtype, layout, device, pin_memory = options
    check_options(layout, pin_memory, who)
    dtype = dtypes.int64 if dtype is None else as_dtype(dtype, who)
    for name, size in (("row", row), ("col", col)):
        if size < 0:
            raise ArgumentRuntimeError(
                explain(
                    who,
                    expected=f"{name} to be non-negative",
                    got=size,
                    do="Check the sizes.",
                )
            )
    if dtype.category != dtypes.INTEGER:
        raise UnsupportedError(
            explain(
                who,
                expected="an integer dtype",
                got=f"{dtype}: not implemented for it",
                do="Leave dtype out.",
            )
        )
    inside = compare(np.arange(col) - offset, np.arange(row).reshape(-1, 1))
    return finish(np.stack(inside.nonzero()).astype(dtype.numpy), device)


expose(eye, method=False)
expose(tril_indices, method=False)
expose(triu_indices, method=False)
