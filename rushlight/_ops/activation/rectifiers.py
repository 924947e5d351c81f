"""Rectifiers that cut off: relu, threshold, hardtanh, relu6."""

from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    DtypeError,
    explain,
)
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace as write_into
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, scalar_name
from rushlight._ops._blocks import bounded, in_pieces
from rushlight._ops._select import zero_where
from rushlight._ops._values import element
from rushlight._ops.specs import same_spec

# ------------------------------------------------------------------------------ relu


def relu(input):
    """The positive part: ``max(input, 0)``.  The gradient at 0 is 0.

    Args:
        input: (*), integers or float.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.relu(rushlight.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return RELU.short(input)


def relu_(input):
    """In-place form of `relu`: writes into ``input`` and returns it."""
    return write_into(RELU, input)


def _functional_relu(input, inplace=False):
    """The positive part: ``max(input, 0)``.

    Args:
        input: (*), integers or float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.nn.functional.relu(rushlight.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return write_into(RELU, input) if inplace else RELU.short(input)


def _relu_spec(x):
    refuse(x, "relu", "b", DtypeError)
    refuse(x, "relu", "c")
    return same_spec(x)


def _relu_eager(backend, x):
    if x.dtype.kind in "bc":
        _relu_spec(x)
    if x.size < 4096 and x.dtype.itemsize > 2:
        return backend.np.maximum(0, x)
    return bounded(backend.np, x, x.dtype.type(0))


def _relu_grad(g, *, out):
    return call(THRESHOLD_BACKWARD, g, out, threshold=0)


def _relu_lower(k, x):
    return k.max(x, k.const(0))


RELU = define(
    "relu", eager=_relu_eager, spec=_relu_spec, grad=_relu_grad, lower=_relu_lower
)
expose(relu)
expose(relu_, functional=True)
expose(_functional_relu, torch=False, method=False, functional=True, name="relu")

# ------------------------------------------------------------------------- threshold


def threshold(input, threshold, value, inplace=False):
    """Elements that are above a threshold, and a value in place of the others.

    Args:
        input: (*), integers or float.
        threshold, value: numbers.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.threshold(rushlight.tensor([0.5, 2.0]), 1.0, 20.0)
    tensor([20.,  2.])
    """
    attrs = {"threshold": threshold, "value": value}
    if inplace:
        return write_into(THRESHOLD, input, **attrs)
    return THRESHOLD.short(input, **attrs)


def threshold_(input, threshold, value):
    """In-place form of `threshold`: writes into ``input`` and returns it."""
    return write_into(THRESHOLD, input, threshold=threshold, value=value)


def _threshold_spec(x, *, threshold, value):
    refuse(x, "threshold", "bc")
    return same_spec(x)


def _threshold_eager(backend, x, *, threshold, value):
    np = backend.np
    refuse(x, "threshold", "bc")
    limit, value = (
        np.asarray(element(v, x.dtype, "threshold()")) for v in (threshold, value)
    )
    return np.where(x <= limit, value, x)


def _threshold_grad(g, *, x, threshold):
    return call(THRESHOLD_BACKWARD, g, x, threshold=threshold)


def _threshold_lower(k, x, *, threshold, value):
    return k.where(k.le(x, k.const(threshold)), k.const(value), x)


def _threshold_backward_spec(g, x, *, threshold):
    return same_spec(x)


def _threshold_backward_eager(backend, g, x, *, threshold):
    def stop(np, out, x, g):
        zero_where(np, out, np.less_equal(x, threshold), g)

    return in_pieces(backend.np, stop, x, g)


def _threshold_backward_grad(h, *, x, threshold):
    return call(THRESHOLD_BACKWARD, h, x, threshold=threshold), None


def _threshold_backward_lower(k, g, x, *, threshold):
    return k.where(k.le(x, k.const(threshold)), k.const(0), g)


THRESHOLD = define(
    "threshold",
    eager=_threshold_eager,
    spec=_threshold_spec,
    grad=_threshold_grad,
    lower=_threshold_lower,
)
THRESHOLD_BACKWARD = define(
    "threshold_backward",
    inputs="g x",
    eager=_threshold_backward_eager,
    spec=_threshold_backward_spec,
    grad=_threshold_backward_grad,
    lower=_threshold_backward_lower,
)
expose(threshold, method=False, functional=True)
expose(threshold_, method=False, functional=True)

# ------------------------------------------------------------------- hardtanh, relu6


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """Bring elements into [min_val, max_val].  The gradient at the bounds is 0.

    Args:
        input: (*), integers or float.
        min_val, max_val: numbers.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        ValueError: where min_val is greater than max_val.
        RuntimeError: for bool and complex tensors, and for unsigned ones with a
            negative bound.

    >>> import rushlight
    >>> rushlight.nn.functional.hardtanh(rushlight.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ArgumentError(
            explain(
                "hardtanh()",
                expected="min_val not to be greater than max_val",
                got=f"{min_val} and {max_val}",
                do="Exchange them.",
            )
        )
    attrs = {"low": min_val, "high": max_val}
    if inplace:
        return write_into(HARDTANH, input, **attrs)
    return HARDTANH.short(input, **attrs)


def hardtanh_(input, min_val=-1.0, max_val=1.0):
    """In-place form of `hardtanh`: writes into ``input`` and returns it."""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input, inplace=False):
    """Bring elements into [0, 6].  The gradient at the bounds is 0.

    Args:
        input: (*), integers or float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for bool and complex tensors.

    >>> import rushlight
    >>> rushlight.nn.functional.relu6(rushlight.tensor([-2.0, 7.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0, 6, inplace)


def _hardtanh_spec(x, *, low, high):
    refuse(x, "hardtanh", "b", DtypeError)
    refuse(x, "hardtanh", "c")
    if x.dtype.kind == "u" and int(low) < 0:
        raise ArgumentRuntimeError(
            explain(
                "hardtanh()",
                expected="limits that the dtype can hold",
                got=f"an unsigned type, {scalar_name(x.dtype)}, with negative limits",
                do="Pass min_val=0, or convert the tensor.",
            )
        )
    return same_spec(x)


def _hardtanh_eager(backend, x, *, low, high):
    np = backend.np
    if x.dtype.kind not in "fV":
        _hardtanh_spec(x, low=low, high=high)
    low, high = (np.asarray(element(v, x.dtype, "hardtanh()")) for v in (low, high))
    return bounded(np, x, low, high)


def _hardtanh_grad(g, *, x, low, high):
    return call(HARDTANH_BACKWARD, g, x, low=low, high=high)


def _hardtanh_lower(k, x, *, low, high):
    return k.min(k.max(x, k.const(low)), k.const(high))


def _hardtanh_backward_spec(g, x, *, low, high):
    return same_spec(x)


def _hardtanh_backward_eager(backend, g, x, *, low, high):
    def stop(np, out, x, g):
        zero_where(np, out, np.less_equal(x, low) | np.greater_equal(x, high), g)

    return in_pieces(backend.np, stop, x, g)


def _hardtanh_backward_grad(h, *, x, low, high):
    return call(HARDTANH_BACKWARD, h, x, low=low, high=high), None


def _hardtanh_backward_lower(k, g, x, *, low, high):
    outside = k.or_(k.le(x, k.const(low)), k.le(k.const(high), x))
    return k.where(outside, k.const(0), g)


HARDTANH = define(
    "hardtanh",
    eager=_hardtanh_eager,
    spec=_hardtanh_spec,
    grad=_hardtanh_grad,
    lower=_hardtanh_lower,
)
HARDTANH_BACKWARD = define(
    "hardtanh_backward",
    inputs="g x",
    eager=_hardtanh_backward_eager,
    spec=_hardtanh_backward_spec,
    grad=_hardtanh_backward_grad,
    lower=_hardtanh_backward_lower,
)
for _function in (hardtanh, hardtanh_, relu6):
    expose(_function, torch=False, method=False, functional=True)
