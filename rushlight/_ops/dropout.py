"""Dropout in its forms, and rrelu: operations that draw a mask as large as their input.

The masks are PyTorch's CPU masks for the same seed.  Plain draws are in `random`.
"""

import math
import warnings

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    ShapeError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core import sampling
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.table import define
from rushlight._core.tensor import Tensor
from rushlight._ops._fill import at_home
from rushlight._ops._noise import noise_like, not_float


def _drop(input, p, inplace, shape=None):
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    noise = noise_like(input, p, shape)
    return input.mul_(noise) if inplace else input * noise


_ALPHA = 1.7580993408473766  # SELU's scale * alpha, which dropped values are set to


def _drop_alpha(input, p, inplace, shape=None):
    """Dropout that keeps mean and variance of SELU's outputs."""
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    mask = noise_like(input, p, shape, scale=False)
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    shift = (mask + -1).mul_(_ALPHA * a).add_(_ALPHA * a * p)
    mask.mul_(a)
    return input.mul_(mask).add_(shift) if inplace else input * mask + shift


def _is_idle(input, p, training, who, error=ArgumentError):
    """Whether dropout gives its input back; the arguments are checked."""
    if not isinstance(input, Tensor):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'input' to be a Tensor",
                got=type(input).__name__,
                do="Convert it with torch.tensor.",
            )
        )
    if not 0 <= p <= 1:
        raise error(
            explain(
                who,
                expected="a dropout probability p between 0 and 1",
                got=p,
                do="It is the share of elements that become zero.",
            )
        )
    idle = p == 0 or not training or input._array.size == 0
    if GUARDS.on and not idle:
        GUARDS.see.dropping()
    return idle


def _drop_channels(input, p, inplace, unbatched, who):
    """Dropout of whole channels, of (N, C, *) or, unbatched, of (C, *)."""
    if not unbatched:
        return _drop(input, p, inplace, _channels(input, who))
    batch = input.unsqueeze(0)
    found = _drop(batch, p, inplace, _channels(batch, who))
    return input if inplace else found.squeeze(0)


def _channels(input, who):
    """The shape of noise with one number for each channel of (N, C, *)."""
    shape = input._array.shape
    if len(shape) < 2:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="an input of at least 2 dimensions",
                got=f"shape {list(shape)}",
                do="Use dropout() for single elements.",
            )
        )
    return shape[:2] + (1,) * (len(shape) - 2)


# --------------------------------------------------------------------------- dropout


def dropout(input, p=0.5, training=True, inplace=False):
    """Set elements to zero with probability p and scale the others by ``1 / (1 - p)``.

    Args:
        input: (*), float.
        p: the probability, in [0, 1].
        training: False gives the input back as it is.
        inplace: write into the input.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].
        RuntimeError: for an input of integers.

    See:
        Srivastava et al., "Dropout", JMLR 15 (2014).

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> rushlight.nn.functional.dropout(rushlight.ones(4))
    tensor([0., 0., 2., 0.])
    """
    if _is_idle(input, p, training, "dropout()"):
        return input
    return _drop(input, p, inplace)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Dropout for SELU networks: dropped elements become -1.758, then mean 0, var 1.

    Args:
        input, p, training, inplace: as for `dropout`, but not training by default.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].

    See:
        Klambauer et al., "Self-Normalizing Neural Networks" (2017).

    >>> import rushlight
    >>> rushlight.nn.functional.alpha_dropout(rushlight.ones(2))
    tensor([1., 1.])
    """
    if _is_idle(input, p, training, "alpha_dropout()"):
        return input
    return _drop_alpha(input, p, inplace)


def dropout1d(input, p=0.5, training=True, inplace=False):
    """Set whole channels to zero with probability p and scale the others.

    Args:
        input: (N, C, L) or (C, L), float.
        p, training, inplace: as for `dropout`.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].
        RuntimeError: for an input of other dimensions.

    >>> import rushlight
    >>> rushlight.nn.functional.dropout1d(rushlight.ones(2, 3), training=False)
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    idle = _is_idle(input, p, training, "dropout1d()")
    ndim = input._array.ndim
    if ndim not in (2, 3):
        raise ShapeError(
            explain(
                "dropout1d()",
                expected="a 2D or 3D input: (N, C, L) or (C, L)",
                got=f"{ndim}D",
                do="Add or drop a dimension, or use dropout().",
            )
        )
    return (
        input if idle else _drop_channels(input, p, inplace, ndim == 2, "dropout1d()")
    )


def dropout2d(input, p=0.5, training=True, inplace=False):
    """Set whole channels to zero with probability p and scale the others.

    Args:
        input: (N, C, H, W), float; of (N, C, L) the channels too, with a warning.
        p, training, inplace: as for `dropout`.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].

    >>> import rushlight
    >>> x = rushlight.ones(1, 2, 1, 2)
    >>> rushlight.nn.functional.dropout2d(x, p=1.0).sum()
    tensor(0.)
    """
    idle = _is_idle(input, p, training, "dropout2d()")
    ndim = input._array.ndim
    if ndim == 3:
        _warn(
            "dropout2d(): a 3D input is taken as (N, C, L); use dropout1d() for that."
        )
    elif ndim != 4:
        _warn(f"dropout2d(): expected a 4D input, got {ndim}D; use dropout() for that.")
    return input if idle else _drop_channels(input, p, inplace, False, "dropout2d()")


def dropout3d(input, p=0.5, training=True, inplace=False):
    """Set whole channels to zero with probability p and scale the others.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        p, training, inplace: as for `dropout`.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].

    >>> import rushlight
    >>> x = rushlight.ones(1, 2, 1, 1, 2)
    >>> rushlight.nn.functional.dropout3d(x, p=1.0).sum()
    tensor(0.)
    """
    idle = _is_idle(input, p, training, "dropout3d()")
    ndim = input._array.ndim
    if ndim not in (4, 5):
        _warn(f"dropout3d(): expected 4D or 5D, got {ndim}D; use dropout() for that.")
    return (
        input if idle else _drop_channels(input, p, inplace, ndim == 4, "dropout3d()")
    )


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """As `alpha_dropout`, for whole channels.

    Args:
        input: (N, C, *), float.
        p, training, inplace: as for `dropout`, but not training by default.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: for p outside [0, 1].
        RuntimeError: for an input of less than 2 dimensions.

    >>> import rushlight
    >>> rushlight.nn.functional.feature_alpha_dropout(rushlight.ones(1, 2))
    tensor([[1., 1.]])
    """
    who = "feature_alpha_dropout()"
    if _is_idle(input, p, training, who):
        return input
    return _drop_alpha(input, p, inplace, _channels(input, who))


def _warn(message):
    warnings.warn(message, UserWarning, stacklevel=3)


for _function in (
    dropout,
    alpha_dropout,
    dropout1d,
    dropout2d,
    dropout3d,
    feature_alpha_dropout,
):
    expose(_function, torch=False, method=False, functional=True)

# ------------------------------------------------------------- torch's own entry points


def _entry(name, drop, per_channel, inplace):
    """``torch.dropout(input, p, train)`` and its like, all of whose arguments count."""
    who = f"{name}()"

    def entry(input, p, train):
        if _is_idle(input, p, train, who, ArgumentRuntimeError):
            return input
        shape = _channels(input, who) if per_channel else None
        return drop(input, p, inplace, shape)

    entry.__name__ = entry.__qualname__ = name
    entry.__doc__ = f"""As for `nn.functional.{name.strip("_")}`, all arguments needed.

    Returns:
        Tensor: same shape and dtype.

    >>> import rushlight
    >>> rushlight.{name}(rushlight.ones(1, 2), 0.5, False)
    tensor([[1., 1.]])
    """
    return entry


for _name, _how, _per_channel in (
    ("dropout", _drop, False),
    ("feature_dropout", _drop, True),
    ("alpha_dropout", _drop_alpha, False),
    ("feature_alpha_dropout", _drop_alpha, True),
):
    expose(_entry(_name, _how, _per_channel, False), method=False)
    expose(_entry(f"{_name}_", _how, _per_channel, True), method=False)

# ----------------------------------------------------------------------------- rrelu


def rrelu(input, lower=1 / 8, upper=1 / 3, training=False, inplace=False):
    """Leaky ReLU of random slope: ``x`` where x > 0, else ``a x``, a in [lower, upper).

    Args:
        input: (*), float.
        lower, upper: the bounds of the slope.
        training: False takes the middle of the bounds as the slope.
        inplace: write into the input.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: where lower > upper.

    >>> import rushlight
    >>> rushlight.nn.functional.rrelu(rushlight.tensor([2.0, -1.0]), 0.0, 0.5)
    tensor([ 2.0000, -0.2500])
    """
    slope = RRELU_SLOPE.short(
        input, lower=float(lower), upper=float(upper), training=training
    )
    return input.mul_(slope) if inplace else call2(RRELU, input, slope)


def rrelu_(input, lower=1 / 8, upper=1 / 3, training=False):
    """In-place form of `rrelu`: writes into ``input`` and returns it."""
    return rrelu(input, lower, upper, training, inplace=True)


def _slope_spec(x, *, lower, upper, training):
    if x.dtype.kind in "biu":
        raise not_float("rrelu()", x.dtype)
    if lower > upper:
        raise ArgumentRuntimeError(
            explain(
                "rrelu()",
                expected="lower <= upper",
                got=f"{lower} and {upper}",
                do="Exchange them.",
            )
        )
    return Spec(x.shape, x.dtype)


def _slope_eager(backend, x, *, lower, upper, training):
    _slope_spec(x, lower=lower, upper=upper, training=training)
    slope = backend.np.ones(x.shape, x.dtype)
    falling = ~(x > 0) if not training else x <= 0
    if training:
        count = int(falling.sum())
        drawn = sampling.uniform(None, (count,), np.dtype("f8"))
        drawn = drawn * (upper - lower) + lower  # not fused here, as in PyTorch
        slope[falling] = at_home(backend, drawn, x).astype(x.dtype)
    else:
        slope[falling] = (lower + upper) / 2
    return slope


def _rrelu_spec(x, slope):
    return Spec(x.shape, x.dtype)


def _rrelu_grad(g, *, slope):
    return g * slope, None


RRELU_SLOPE = define("rrelu_slope", eager=_slope_eager, spec=_slope_spec)
RRELU = define(
    "rrelu",
    inputs="x slope",
    eager="multiply",
    spec=_rrelu_spec,
    grad=_rrelu_grad,
    node="RreluWithNoiseBackward0",
)
expose(rrelu, torch=False, method=False, functional=True)
expose(rrelu_, torch=False, method=False, functional=True)
