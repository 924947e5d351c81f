"""Numbers at even steps from start to end: arange, range."""

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
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor
from rushlight._ops._symbolic import has_symbols, range_symbolic
from rushlight._ops._values import as_dtype, as_number
from rushlight._ops.create.options import check_options, finish, put_created

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
    if len(args) == 1 and type(args[0]) is int and args[0] >= 0:
        if dtype is out is start is end is step is layout is None and not pin_memory:
            return finish(np.arange(args[0]), device, requires_grad)
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
    bounds = start, end, step
    plain = out is None and not requires_grad and dtype.category in _NUMBERS
    if plain and has_symbols(bounds) and all(isinstance(b, int) for b in bounds):
        _check_direction(*bounds)
        return range_symbolic(*bounds, dtype)
    array = _arange(start, end, step, dtype)
    if out is not None:
        return put_created(array, out, dtype, "arange()")
    return finish(array, device, requires_grad)


_WHOLE = frozenset((int, bool))
_NUMBERS = frozenset((dtypes.INTEGER, dtypes.FLOAT))


def _is_whole(value):
    return (
        getattr(value, "dtype", None) is not None
        and (value._array.dtype if isinstance(value, Tensor) else value.dtype).kind
        in "biu"
    )


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
        if dtype is dtypes.int64:
            start, end, step = int(start), int(end), int(step)
        elif any(isinstance(value, float) for value in (start, end, step)):
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
    _check_direction(start, end, step)


def _check_direction(start, end, step):
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
    if options.get("out") is None:
        options.setdefault("dtype", config.default_dtype())
    if count < 1:  # arange words the error
        return arange(start, end, step, **options)
    out = options.get("out")
    dtype = options["dtype"] if out is None else out.dtype
    whole = isinstance(dtype, dtypes.dtype) and dtype.category == dtypes.INTEGER
    return arange(
        start, start + step * (count if whole else count - 0.5), step, **options
    )


expose(arange, method=False)
expose(range_, method=False, name="range")
