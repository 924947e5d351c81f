"""Borders of a constant: pad."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._values import as_number, element
from rushlight._ops.join.border import NODES, PAD_BORDER

# ------------------------------------------------------------------------------- pad


def pad(input, pad, mode="constant", value=None):
    """Add a border to the last dimensions; a negative width cuts elements off.

    Args:
        input: (*), any dtype.
        pad: two widths (before, after) for each dimension, beginning with the last.
        mode: "constant"; or, for (N, C, ...) or (C, ...) with one to three more
            dimensions, "reflect" (mirrored, without the edge), "replicate" (the edge
            again) or "circular" (from the other end).
        value: of the constant border; 0 if left out.

    Returns:
        Tensor: each size plus its two widths.

    Raises:
        RuntimeError: for widths that do not fit the input.
        NotImplementedError: for an unknown mode, or dimensions that it does not take.

    >>> import rushlight
    >>> x = rushlight.tensor([[1, 2, 3]])
    >>> rushlight.nn.functional.pad(x, (1, 2))
    tensor([[0, 1, 2, 3, 0, 0]])
    >>> rushlight.nn.functional.pad(x, (1, 2), mode="reflect")
    tensor([[2, 1, 2, 3, 2, 1]])
    """
    widths = _widths(pad)
    _check_widths(input, widths)
    if mode == "constant":
        value = 0 if value is None else as_number(value, "pad()")
        return PAD_CONSTANT.short(input, widths=widths, value=value)
    if mode not in NODES:
        raise UnsupportedError(
            explain(
                "pad()",
                expected="constant, reflect, replicate or circular",
                got=f"unrecognised padding mode {mode}",
                do="Check the spelling.",
            )
        )
    if value:
        raise ArgumentRuntimeError(
            explain(
                "pad()",
                expected="no value beside this mode",
                got=f"padding mode {mode!r} doesn't take in value argument",
                do="Leave value out.",
            )
        )
    return PAD_BORDER.short(input, widths=widths, mode=mode)


def _widths(pad):
    if not isinstance(pad, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                "pad()",
                expected="argument 'pad' to be a tuple of ints",
                got=type(pad).__name__,
                do="Give two widths for each dimension.",
            )
        )
    return as_shape((pad,), "pad()")


def _check_widths(input, widths):
    if len(widths) % 2:
        raise ArgumentRuntimeError(
            explain(
                "pad()",
                expected="a padding length that is divisible by 2",
                got=len(widths),
                do="Give two widths for each dimension.",
            )
        )
    ndim = input._array.ndim
    if len(widths) > 2 * ndim:
        raise ArgumentRuntimeError(
            explain(
                "pad()",
                expected=f"a padding length less than or equal to two times the input "
                f"dimension, {2 * ndim}",
                got=len(widths),
                do="Leave out the first dimensions.",
            )
        )


def constant_pad_nd(input, pad, value=0):
    """As `nn.functional.pad` with a constant.

    Args:
        input, pad, value: as for `pad`.

    Returns:
        Tensor: each size plus its two widths.

    Raises:
        RuntimeError: for widths that do not fit the input.

    >>> import rushlight
    >>> rushlight.constant_pad_nd(rushlight.ones(1), (1, 0))
    tensor([0., 1.])
    """
    widths = _widths(pad)
    _check_widths(input, widths)
    number = as_number(value, "constant_pad_nd()")
    return PAD_CONSTANT.short(input, widths=widths, value=number)


expose(pad, torch=False, method=False, functional=True)
expose(constant_pad_nd, method=False)

# -------------------------------------------------------------------------- constant


def _pairs(ndim, widths):
    """(before, after) for every dimension, from the first to the last."""
    found = [(0, 0)] * ndim
    for place in range(len(widths) // 2):
        found[ndim - 1 - place] = widths[2 * place], widths[2 * place + 1]
    return found


def _pad_constant_spec(x, *, widths, value):
    shape = []
    for size, (before, after) in zip(
        x.shape, _pairs(len(x.shape), widths), strict=True
    ):
        if size + before + after < 0 or size + min(before, 0) + min(after, 0) < 0:
            raise ShapeError(
                explain(
                    "pad()",
                    expected=f"widths that leave something of size {size}",
                    got=f"({before}, {after}): the length must be non-negative",
                    do="Cut off less.",
                )
            )
        shape.append(size + before + after)
    return Spec(shape, x.dtype)


def _pad_constant_eager(backend, x, *, widths, value):
    spec = _pad_constant_spec(x, widths=widths, value=value)
    if value:
        result = backend.np.empty(spec.shape, x.dtype)
        result.fill(element(value, x.dtype, "pad()")[()])
    else:
        result = backend.np.zeros(spec.shape, x.dtype)
    source, target = [], []
    for size, (before, after) in zip(x.shape, _pairs(x.ndim, widths), strict=True):
        source.append(slice(max(-before, 0), size - max(-after, 0)))
        target.append(
            slice(max(before, 0), max(before, 0) + len(range(size)[source[-1]]))
        )
    result[tuple(target)] = x[tuple(source)]
    return result


def _pad_constant_grad(g, *, widths):
    return PAD_CONSTANT.short(g, widths=tuple([-w for w in widths]), value=0)


def _pad_constant_lower(k, x, *, widths, value):
    source, target, shape = [], [], []
    for size, (before, after) in zip(x.shape, _pairs(x.ndim, widths), strict=True):
        source.append(slice(max(-before, 0), size - max(-after, 0)))
        start = max(before, 0)
        left = size + min(before, 0) + min(after, 0)
        target.append(slice(start, start + max(left, 0)))
        shape.append(size + before + after)
    x = k.slice(x, tuple(source))
    if not value:
        return k.place(x, shape, tuple(target))
    return k.replace(k.whole(shape, x.dtype, value), tuple(target), x)


PAD_CONSTANT = define(
    "pad_constant",
    eager=_pad_constant_eager,
    spec=_pad_constant_spec,
    grad=_pad_constant_grad,
    node="ConstantPadNdBackward0",
    lower=_pad_constant_lower,
)
