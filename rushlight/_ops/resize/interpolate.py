"""interpolate: nearest, linear, cubic and area resampling in 1, 2 and 3 dimensions."""

import warnings

import numpy

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    UnsupportedError,
    explain,
)
from rushlight._base.sized import is_same
from rushlight._base.spec import Spec
from rushlight._base.symint import is_symbolic
from rushlight._core.expose import FUNCTIONAL, expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops.resize._taps import (
    matrix_of,
    output_size,
    resample,
    taps_of,
    transposed,
)

_WHO = "interpolate()"
_MODES = {  # torch's name -> (along one dimension, numbers of dimensions)
    "nearest": ("nearest", (1, 2, 3)),
    "nearest-exact": ("nearest-exact", (1, 2, 3)),
    "linear": ("linear", (1,)),
    "bilinear": ("linear", (2,)),
    "trilinear": ("linear", (3,)),
    "bicubic": ("cubic", (2,)),
    "area": ("area", (1, 2, 3)),
}
_NAMES = {  # how torch calls the nodes
    "nearest": "Nearest",
    "nearest-exact": "NearestExact",
    "linear": "Linear",
    "bilinear": "Bilinear",
    "trilinear": "Trilinear",
    "bicubic": "Bicubic",
}

# ---------------------------------------------------------------------------- public


def interpolate(
    input,
    size=None,
    scale_factor=None,
    mode="nearest",
    align_corners=None,
    recompute_scale_factor=None,
    antialias=False,
):
    """Resample pictures to another size.

    Args:
        input: (N, C, L), (N, C, H, W) or (N, C, D, H, W), float (or uint8 for nearest).
        size: the new sizes; one number or one for each dimension.
        scale_factor: or the factors of the sizes.
        mode: "nearest", "nearest-exact", "linear" (3D input), "bilinear", "bicubic"
            (4D), "trilinear" (5D) or "area".
        align_corners: whether the corner elements keep their places; for the linear
            and cubic modes.
        recompute_scale_factor: use the ratio of the sizes instead of scale_factor.
        antialias: let every element count where pictures shrink; bilinear and bicubic.

    Returns:
        Tensor: (N, C, new sizes).

    Raises:
        ValueError: for arguments that do not go together.
        NotImplementedError: for a mode that the input's dimensions do not have.
        RuntimeError: for sizes that are not positive.

    See:
        Keys, "Cubic convolution interpolation for digital image processing" (1981).

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0]]])
    >>> rushlight.nn.functional.interpolate(x, scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    require_tensor(input, _WHO)
    dims = input.ndim - 2
    kind = _kind_of(mode, dims, align_corners, antialias)
    out, factors = _sizes(input, size, scale_factor, recompute_scale_factor, dims)
    if kind == "area":
        return FUNCTIONAL[f"adaptive_avg_pool{dims}d"](input, out)
    refuse(input._array, _WHO, "bciU" if kind.startswith("near") else "bciuU")
    return RESIZE.short(
        input,
        mode=mode,
        sizes=out,
        align_corners=bool(align_corners),
        factors=factors,
        antialias=bool(antialias),
    )


def _kind_of(mode, dims, align_corners, antialias):
    """The mode along one dimension; the arguments are checked."""
    if mode == "lanczos":
        raise UnsupportedError(
            explain(
                _WHO,
                expected=f"a mode of {', '.join(_MODES)}",
                got="lanczos",
                do="Use bicubic with antialias=True.",
            )
        )
    kind, allowed = _MODES.get(mode, (None, ()))
    if dims not in allowed:
        modes = [name for name, (_, those) in _MODES.items() if dims in those]
        raise UnsupportedError(
            explain(
                _WHO,
                expected=f"a 3D, 4D or 5D input and for {dims + 2}D one of {modes}",
                got=f"{mode!r}",
                do="Choose the mode for the number of dimensions.",
            )
        )
    if align_corners is not None and kind not in ("linear", "cubic"):
        raise _bad(
            "align_corners with the modes linear, bilinear, bicubic, trilinear only",
            mode,
            "Leave it away.",
        )
    if antialias and mode not in ("bilinear", "bicubic"):
        raise _bad(
            "antialias with the modes bilinear and bicubic only", mode, "Leave it away."
        )
    return kind


def _bad(expected, got, do):
    return ArgumentError(explain(_WHO, expected=expected, got=got, do=do))


def _each(value, dims, name):
    if not isinstance(value, (tuple, list)):
        return (value,) * dims
    if len(value) != dims:
        raise _bad(
            f"one {name} for each of the {dims} spatial dimensions",
            tuple(value),
            "The input is (N, C, d1, d2, ...).",
        )
    return tuple(value)


def _sizes(input, size, scale_factor, recompute, dims):
    """The new sizes, and the factors that positions are computed with (or None)."""
    plane = input._array.shape[2:]
    if (size is None) == (scale_factor is None):
        raise _bad(
            "one of size and scale_factor",
            "none" if size is None else "both",
            "Give one of them.",
        )
    if size is not None:
        if recompute is not None:
            raise _bad(
                "recompute_scale_factor with scale_factor only", "size", "Leave it."
            )
        out, factors = _each(size, dims, "size"), (None,) * dims
    else:
        factors = tuple(float(f) for f in _each(scale_factor, dims, "scale_factor"))
        out = tuple(output_size(n, f) for n, f in zip(plane, factors))
        factors = (None,) * dims if recompute else factors
    if any(not isinstance(n, (int, numpy.integer)) for n in out):
        raise ArgumentTypeError(
            explain(_WHO, expected="whole sizes", got=out, do="Convert with int().")
        )
    if any(n < 1 for n in out) or 0 in plane:
        raise ArgumentRuntimeError(
            explain(
                _WHO,
                expected="input and output sizes greater than 0",
                got=f"{list(plane)} and {list(out)}",
                do="Check the size or the factor.",
            )
        )
    return tuple([n if n.__class__ is int else int(n) for n in out]), factors


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """As `interpolate`; torch's old name.

    Args:
        input, size, scale_factor, mode, align_corners: as for `interpolate`.

    Returns:
        Tensor: (N, C, new sizes).

    Raises:
        ValueError: for arguments that do not go together.

    >>> import rushlight
    >>> rushlight.nn.functional.interpolate(rushlight.ones(1, 1, 1), 2)
    tensor([[[1., 1.]]])
    """
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """As `interpolate` with mode="nearest"; torch's old name.

    Args:
        input, size, scale_factor: as for `interpolate`.

    Returns:
        Tensor: (N, C, new sizes).

    Raises:
        ValueError: for arguments that do not go together.

    >>> import rushlight
    >>> rushlight.nn.functional.interpolate(rushlight.ones(1, 1, 1), 2)
    tensor([[[1., 1.]]])
    """
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input, size=None, scale_factor=None):
    """As `interpolate` with mode="bilinear" and aligned corners; torch's old name.

    Args:
        input, size, scale_factor: as for `interpolate`.

    Returns:
        Tensor: (N, C, new sizes).

    Raises:
        ValueError: for arguments that do not go together.

    >>> import rushlight
    >>> x = rushlight.ones(1, 1, 1, 1)
    >>> rushlight.nn.functional.interpolate(x, 2, mode="bilinear").shape
    torch.Size([1, 1, 2, 2])
    """
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)


def _warn(name):
    warnings.warn(
        f"{name}() is deprecated; use interpolate().", UserWarning, stacklevel=3
    )


for _function in (interpolate, upsample, upsample_nearest, upsample_bilinear):
    expose(_function, torch=False, method=False, functional=True)

# -------------------------------------------------------------------------------- op


def _plan(shape, mode, sizes, align_corners, factors, antialias, dtype):
    """For each dimension that changes: (dim, arguments of taps_of)."""
    kind = _MODES[mode][0]
    dims = len(sizes)
    found = []
    for k, (out, factor) in enumerate(zip(sizes, factors)):
        dim = len(shape) - dims + k
        size = shape[dim]
        if size == out and (factor in (None, 1.0) or align_corners):
            continue
        args = kind, size, out, align_corners, factor, antialias, dtype
        found.append((dim, args))
    return found


def _resize_spec(x, *, mode, sizes, align_corners, factors, antialias):
    return Spec((*x.shape[: x.ndim - len(sizes)], *sizes), x.dtype)


def _resize_eager(backend, x, *, mode, sizes, align_corners, factors, antialias):
    np, found = backend.np, wide(x)
    kind = found.dtype
    plan = _plan(x.shape, mode, sizes, align_corners, factors, antialias, kind)
    for dim, args in plan:
        found = resample(np, found, dim, *taps_of(*args))
    if found is x:
        return x.copy()
    return np.ascontiguousarray(found.astype(x.dtype, copy=False))


def _resize_grad(g, *, x_shape, mode, sizes, align_corners, factors, antialias):
    return RESIZE_BACKWARD.short(
        g,
        size=x_shape,
        mode=mode,
        sizes=sizes,
        align_corners=align_corners,
        factors=factors,
        antialias=antialias,
    )


def _resize_node(inputs, attrs):
    antialias = "Aa" if attrs["antialias"] else ""
    return f"Upsample{_NAMES[attrs['mode']]}{len(attrs['sizes'])}D{antialias}Backward0"


def _lower_repeats(k, shape, mode, sizes, factors):
    """(how often each element stands) along each dimension, for whole factors."""
    whole = (1,) * (len(shape) - len(sizes))
    if mode not in ("nearest", "nearest-exact"):
        raise k.NotLowered
    for size, out, factor in zip(shape[len(whole) :], sizes, factors):
        times = out // size
        if not is_same(out, size * times) or is_symbolic(times):
            raise k.NotLowered
        if factor not in (None, times):
            raise k.NotLowered
        whole += (times,)
    return whole


def _resize_lower(k, x, *, mode, sizes, align_corners, factors, antialias):
    repeats = _lower_repeats(k, x.shape, mode, sizes, factors)
    pairs = list(zip(x.shape, repeats))
    wide = k.reshape(x, [n for size in x.shape for n in (size, 1)])
    wide = k.broadcast(wide, [n for pair in pairs for n in pair])
    return k.reshape(wide, [size * times for size, times in pairs])


def _backward_lower(k, g, *, size, mode, sizes, align_corners, factors, antialias):
    repeats = _lower_repeats(k, size, mode, sizes, factors)
    parts = k.reshape(g, [n for pair in zip(size, repeats) for n in pair])
    dims = [2 * d + 1 for d, times in enumerate(repeats) if times > 1]
    return k.reshape(k.total(parts, dims), size)


RESIZE = define(
    "interpolate",
    eager=_resize_eager,
    spec=_resize_spec,
    grad=_resize_grad,
    node=_resize_node,
    lower=_resize_lower,
)


def _backward_spec(g, *, size, **attrs):
    return Spec(size, g.dtype)


def _backward_eager(
    backend, g, *, size, mode, sizes, align_corners, factors, antialias
):
    np, found = backend.np, wide(g)
    kind = found.dtype
    for dim, args in _plan(size, mode, sizes, align_corners, factors, antialias, kind):
        found = transposed(np, found, dim, matrix_of(*args))
    return np.ascontiguousarray(found.astype(g.dtype, copy=False))


def _backward_grad(gg, *, mode, sizes, align_corners, factors, antialias):
    return RESIZE.short(
        gg,
        mode=mode,
        sizes=sizes,
        align_corners=align_corners,
        factors=factors,
        antialias=antialias,
    )


RESIZE_BACKWARD = define(
    "interpolate_backward",
    inputs="g",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    lower=_backward_lower,
)
