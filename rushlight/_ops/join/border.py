"""Borders of the tensor's own elements: mirrored, repeated or wrapped around."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._base.sized import range_length, slice_indices
from rushlight._base.spec import Spec
from rushlight._core.table import define

# ------------------------------------------------------- borders of the elements' own

NODES = {
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
    shift, inner = (
        (kept.start, kept.stop - kept.start) if mode == "circular" else (0, size)
    )
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
    return PAD_FOLD.short(g, shape=x_shape, widths=widths, mode=mode)


def _pad_border_lower(k, x, *, widths, mode):
    for dim, before, after in _border_pairs(x.shape, widths, mode):
        lead, joined = (slice(None),) * dim, []
        parts = _border_parts(x.shape[dim], before, after, mode)
        for target, source in sorted(parts, key=lambda part: part[0].start):
            part, shape = k.slice(x, (*lead, source)), list(x.shape)
            shape[dim] = target.stop - target.start  # one edge element is repeated
            joined.append(k.broadcast(part, shape))
        x = k.join(joined, dim)
    return x


PAD_BORDER = define(
    "pad_border",
    eager=_pad_border_eager,
    spec=_pad_border_spec,
    grad=_pad_border_grad,
    lower=_pad_border_lower,
    node=lambda inputs, attrs: NODES[attrs["mode"]].format(len(attrs["widths"]) // 2),
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
            if (
                folded[(*lead, origin)].shape != part.shape
            ):  # one edge element, repeated
                part = part.sum(dim, keepdims=True)
            folded[(*lead, origin)] += part
        g = folded
    return g


def _pad_fold_grad(g, *, widths, mode):
    return PAD_BORDER.short(g, widths=widths, mode=mode)


def _pad_fold_lower(k, g, *, shape, widths, mode):
    for dim, before, after in reversed(_border_pairs(shape, widths, mode)):
        lead, size, total = (slice(None),) * dim, shape[dim], None
        wanted = [*g.shape[:dim], size, *g.shape[dim + 1 :]]
        for place, origin in _border_parts(size, before, after, mode):
            part, (start, stop, step) = (
                k.slice(g, (*lead, place)),
                slice_indices(origin, size),
            )
            count = range_length(start, stop, step)
            if count < part.shape[dim]:  # one edge element, repeated
                part = k.reduce("add", part, dim, True)
            elif step < 0:
                part, start = k.flip(part, [dim]), start - count + 1
            if count:
                inside = slice(start, start + count)
                part = k.place(part, wanted, (*lead, inside))
                total = part if total is None else k.add(total, part)
        g = total
    return g


PAD_FOLD = define(
    "pad_fold",
    inputs="g",
    eager=_pad_fold_eager,
    spec=_pad_fold_spec,
    grad=_pad_fold_grad,
    lower=_pad_fold_lower,
)
