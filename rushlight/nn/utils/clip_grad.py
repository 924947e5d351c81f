"""Clipping gradients: by their norm together, or each value.

# Note [All together]
# On the CPU the gradients' arrays are worked on directly, two NumPy calls for each:
# no Tensor is made, whose cost would exceed that of most parameters' arithmetic.
# Other devices, mixed dtypes and interceptors take Tensor operations.
"""

import math
import types
import warnings

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import bump
from rushlight._core.state import STATE
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._arrays import sum_of_squares

_PLAIN = (np.dtype(np.float32), np.dtype(np.float64))


def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The norm of all tensors as if they were one vector.

    Args:
        tensors: a tensor or an iterable of them, float.
        norm_type: float, the norm's degree; ``inf`` is the largest absolute value.
        error_if_nonfinite: whether a norm that is nan or inf is refused.
        foreach: has no effect: the tensors are always worked on together.

    Returns:
        Tensor: ().

    Raises:
        RuntimeError: for a norm that is not finite, if asked.

    >>> import rushlight
    >>> get_total_norm([rushlight.tensor([3.0]), rushlight.tensor([4.0])])
    tensor(5.)
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    if not tensors:
        return TORCH["tensor"](0.0)
    with no_grad():
        arrays = _plain_arrays(tensors)
        if arrays is not None and norm_type in (2.0, math.inf):
            total = _array_norm(arrays, norm_type)
        else:
            home = tensors[0].device
            norms = [t.norm(norm_type).to(home) for t in tensors]
            total = TORCH["stack"](norms).norm(norm_type)
    if error_if_nonfinite and not math.isfinite(float(total)):
        raise ArgumentRuntimeError(
            explain(
                "clip_grad_norm_()",
                expected=f"a finite norm of order {norm_type}",
                got=f"{float(total)}: The total norm for gradients from `parameters` "
                "is non-finite, so it cannot be clipped",
                do="Look for the first loss that is not finite, or set "
                "error_if_nonfinite=False.",
            )
        )
    return total


def clip_grad_norm_(
    parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None
):
    """Scale all gradients in place so that their norm together is at most a limit.

        g = g min(1, max_norm / (norm + 1e-6))

    Args:
        parameters: a tensor or an iterable of them; those without gradient are left
            out.
        max_norm: float, the limit.
        norm_type, error_if_nonfinite, foreach: as for `get_total_norm`.

    Returns:
        Tensor: (), the norm before clipping.

    Raises:
        RuntimeError: for a norm that is not finite, if asked.

    >>> import rushlight
    >>> w = rushlight.zeros(2, requires_grad=True)
    >>> w.grad = rushlight.tensor([3.0, 4.0])
    >>> clip_grad_norm_(w, 1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    gradients = _gradients(parameters)
    if GUARDS.on:
        GUARDS.see.clipping(gradients, max_norm)
    total = get_total_norm(gradients, norm_type, error_if_nonfinite, foreach)
    _scale(gradients, max_norm, total)
    return total


def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    """Scale all gradients in place as `clip_grad_norm_` does, by a norm that is known.

    Args:
        parameters: a tensor or an iterable of them.
        max_norm: float, the limit.
        total_norm: Tensor, (), from `get_total_norm`.
        foreach: has no effect.
    """
    _scale(_gradients(parameters), max_norm, total_norm)


def clip_grad_value_(parameters, clip_value, foreach=None):
    """Limit every value of all gradients in place to [-clip_value, clip_value].

    Args:
        parameters: a tensor or an iterable of them.
        clip_value: float, the limit.
        foreach: has no effect.

    >>> import rushlight
    >>> w = rushlight.zeros(2, requires_grad=True)
    >>> w.grad = rushlight.tensor([3.0, -0.5])
    >>> clip_grad_value_(w, 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    limit = float(clip_value)
    gradients = _gradients(parameters)
    if GUARDS.on:
        GUARDS.see.clipping(gradients, clip_value)
    arrays = _plain_arrays(gradients)
    with no_grad():
        if arrays is None:
            for gradient in gradients:
                gradient.clamp_(min=-limit, max=limit)
            return
        for gradient, array in zip(gradients, arrays, strict=True):
            np.maximum(array, -limit, out=array)
            np.minimum(array, limit, out=array)
            bump(gradient)


def clip_grad_norm(
    parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None
):
    """The old name of `clip_grad_norm_`: it warns and calls it."""
    warnings.warn(
        "nn.utils.clip_grad_norm is deprecated; use nn.utils.clip_grad_norm_.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def _gradients(parameters):
    if isinstance(parameters, Tensor):
        parameters = [parameters]
    generator = isinstance(parameters, types.GeneratorType)
    parameters = list(parameters)
    if generator and not parameters:
        warnings.warn(
            "clip_grad: expected parameters, got an empty generator (was it used "
            "before?); nothing is clipped.",
            stacklevel=3,
        )
    return [p._grad for p in parameters if p._grad is not None]


def _plain_arrays(tensors):
    """The tensors' arrays, where they may be worked on directly; else None."""
    if STATE.special or not tensors:
        return None
    dtype = tensors[0]._array.dtype
    if dtype not in _PLAIN:
        return None
    arrays = [t._array for t in tensors]
    for array in arrays:
        if array.__class__ is not np.ndarray or array.dtype is not dtype:
            return None
    return arrays


def _array_norm(arrays, norm_type):
    with np.errstate(all="ignore"):
        if norm_type == 2.0:
            total = 0.0
            for array in arrays:
                total += float(sum_of_squares(array.ravel("K")))
            total = math.sqrt(total) if total >= 0.0 else total
        else:
            largest = [np.abs(array).max() for array in arrays if array.size]
            total = np.max(largest) if largest else 0.0  # nan where there is one
        return wrap(np.asarray(total, arrays[0].dtype))


def _scale(gradients, max_norm, total):
    """Multiply the gradients by min(1, max_norm / (total + 1e-6))."""
    if not gradients:
        return
    arrays = _plain_arrays(gradients)
    with no_grad():
        factor = (float(max_norm) / (total + 1e-6)).clamp(max=1.0)
        if arrays is None or not isinstance(factor._array, np.ndarray):
            for gradient in gradients:
                gradient.mul_(factor.to(gradient.device))
            return
        factor = factor._array.astype(arrays[0].dtype)
        if factor == 1:
            return
        with np.errstate(all="ignore"):  # inf * 0 is nan, as in PyTorch
            for gradient, array in zip(gradients, arrays, strict=True):
                np.multiply(array, factor, array)
                bump(gradient)
