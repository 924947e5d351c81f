"""Padding: a border of a constant, of mirrored, repeated or wrapped-around elements."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.shape import as_shape
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call1
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._values import as_number, element

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
        return call1(PAD_CONSTANT, input, widths=widths, value=value)
    if mode not in _NODES:
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
    return call1(PAD_BORDER, input, widths=widths, mode=mode)


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


expose(pad, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------- constant


def _pairs(ndim, widths):
    """(before, after) for every dimension, from the first to the last."""
    found = [(0, 0)] * ndim
    for place in range(len(widths) // 2):
        found[ndim - 1 - place] = widths[2 * place], widths[2 * place + 1]
    return found


def _pad_constant_spec(x, *, widths, value):
    shape = []
    for size, (before, after) in zip(x.shape, _pairs(len(x.shape), widths), strict=True):
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
        target.append(slice(max(before, 0), max(before, 0) + len(range(size)[source[-1]])))
    result[tuple(target)] = x[tuple(source)]
    return result


def _pad_constant_grad(g, *, widths):
    return call1(PAD_CONSTANT, g, widths=tuple([-w for w in widths]), value=0)


PAD_CONSTANT = define(
    "pad_constant",
    eager=_pad_constant_eager,
    spec=_pad_constant_spec,
    grad=_pad_constant_grad,
    node="ConstantPadNdBackward0",
)

# ------------------------------------------------------- borders of the elements' own

_NODES = {
    "reflect": "ReflectionPad{}DBackward0",
    "replicate": "ReplicationPad{}DBackward0",
    "circular": "CopySlices",
}


def _border_pairs(shape, widths, mode):
    """(dim, before, after) of every padded dimension, checked."""
    ndim, count = len(shape), len(widths) // 2
    if ndim not in (count + 1, count + 2) or not 1 <= count <= 3:
        raise UnsupportedError(
            explain(
                "pad()",
                expected=f"for mode {mode!r} 2 widths for 2D or 3D inputs, 4 for 3D or "
                "4D, 6 for 4D or 5D",
                got=f"padding size {len(widths)}, which is not supported for {ndim}D "
                "input tensor",
                do="Add or drop dimensions, or use mode='constant'.",
            )
        )
    found = []
    for place in range(count):
        dim, before, after = ndim - 1 - place, widths[2 * place], widths[2 * place + 1]
        size = shape[dim]
        limit = {"reflect": size - 1, "circular": size}.get(mode)
        if limit is not None and max(before, after) > limit:
            raise ArgumentRuntimeError(_too_wide(mode, dim, before, after, shape))
        if not size or size + before + after < 0 or size + min(before, after, 0) < 0:
            raise ArgumentRuntimeError(_too_wide(mode, dim, before, after, shape))
        found.append((dim, before, after))
    return found


def _too_wide(mode, dim, before, after, shape):
    limit = (
        "padding size should be less than the corresponding input dimension"
        if mode == "reflect"
        else "padding value causes wrapping around more than once"
        if mode == "circular" and shape[dim]
        else "non-zero dimensions that keep at least one element"
    )
    return explain(
        "pad()",
        expected=f"widths that fit (mode {mode!r})",
        got=f"padding ({before}, {after}) at dimension {dim} of input {list(shape)}: "
        f"{limit}",
        do="Make the border narrower.",
    )


def _pad_border_spec(x, *, widths, mode):
    shape = list(x.shape)
    for dim, before, after in _border_pairs(x.shape, widths, mode):
        shape[dim] += before + after
    return Spec(shape, x.dtype)


def _borders(size, before, after, mode):
    """The slices that make the border in front and behind, of a dimension of a size."""
    front = behind = slice(0, 0)
    if before > 0:
        front = {
            "reflect": slice(before, 0, -1),
            "replicate": slice(0, 1),
            "circular": slice(size - before, size),
        }[mode]
    if after > 0:
        last = size - 2 - after
        behind = {
            "reflect": slice(size - 2, None if last < 0 else last, -1),
            "replicate": slice(size - 1, size),
            "circular": slice(0, after),
        }[mode]
    return front, behind


def _kept_parts(size, before, after):
    """Where the kept elements lie, in the input and in the result."""
    start, stop = max(-before, 0), size - max(-after, 0)
    middle = max(before, 0)
    return slice(start, stop), slice(middle, middle + stop - start)


def _border_parts(size, before, after, mode):
    """(result's slice, input's slice) for the kept elements and each border."""
    kept, middle = _kept_parts(size, before, after)
    parts, total = [(middle, kept)], size + before + after
    shift, inner = (kept.start, kept.stop - kept.start) if mode == "circular" else (0, size)
    front, behind = _borders(inner, before, after, mode)
    if before > 0:
        parts.append((slice(0, before), _shifted(front, shift)))
    if after > 0:
        parts.append((slice(total - after, total), _shifted(behind, shift)))
    return parts


def _shifted(part, shift):
    if not shift:
        return part
    stop = None if part.stop is None else part.stop + shift
    return slice(part.start + shift, stop, part.step)


def _pad_border_eager(backend, x, *, widths, mode):
    for dim, before, after in _border_pairs(x.shape, widths, mode):
        lead, shape = (slice(None),) * dim, list(x.shape)
        shape[dim] += before + after
        result = backend.np.empty(shape, x.dtype)
        for target, source in _border_parts(x.shape[dim], before, after, mode):
            result[(*lead, target)] = x[(*lead, source)]
        x = result
    return x


def _pad_border_grad(g, *, x_shape, widths, mode):
    return call1(PAD_FOLD, g, shape=x_shape, widths=widths, mode=mode)


PAD_BORDER = define(
    "pad_border",
    eager=_pad_border_eager,
    spec=_pad_border_spec,
    grad=_pad_border_grad,
    node=lambda inputs, attrs: _NODES[attrs["mode"]].format(len(attrs["widths"]) // 2),
)


def _pad_fold_spec(g, *, shape, widths, mode):
    return Spec(shape, g.dtype)


def _pad_fold_eager(backend, g, *, shape, widths, mode):
    """Add the border's gradients to those of the elements that it was made of."""
    for dim, before, after in reversed(_border_pairs(shape, widths, mode)):
        lead, target = (slice(None),) * dim, list(g.shape)
        target[dim] = shape[dim]
        folded = backend.np.zeros(target, g.dtype)
        for place, origin in _border_parts(shape[dim], before, after, mode):
            part = g[(*lead, place)]
            if folded[(*lead, origin)].shape != part.shape:  # one edge element, repeated
                part = part.sum(dim, keepdims=True)
            folded[(*lead, origin)] += part
        g = folded
    return g


def _pad_fold_grad(g, *, widths, mode):
    return call1(PAD_BORDER, g, widths=widths, mode=mode)


PAD_FOLD = define(
    "pad_fold",
    inputs="g",
    eager=_pad_fold_eager,
    spec=_pad_fold_spec,
    grad=_pad_fold_grad,
)
