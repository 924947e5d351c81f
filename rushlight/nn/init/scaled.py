"""Fillings that keep the spread of values from layer to layer."""

import math
import warnings

from rushlight._backends import backend_of
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import wrap
from rushlight.nn.init.gain import (
    _calculate_correct_fan,
    _calculate_fan_in_and_fan_out,
    calculate_gain,
)
from rushlight.nn.init.simple import check_dims, normal_, uniform_


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """Fill from the uniform distribution that keeps the spread in both directions.

    The bounds are ``gain sqrt(6 / (fan_in + fan_out))`` above and below 0.

    Args:
        tensor: (out, in, *), float.
        gain: see `calculate_gain`.
        generator: Generator, or None for the default one.

    Raises:
        ValueError: for fewer than 2 dimensions.

    See:
        Glorot and Bengio, "Understanding the difficulty of training deep feedforward
        neural networks", AISTATS 2010.
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """Fill from the normal distribution that keeps the spread in both directions.

    The standard deviation is ``gain sqrt(2 / (fan_in + fan_out))``; arguments as for
    `xavier_uniform_`.

    Raises:
        ValueError: for fewer than 2 dimensions.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor, gain):
    return gain * math.sqrt(2.0 / float(sum(_calculate_fan_in_and_fan_out(tensor))))


def kaiming_uniform_(
    tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None
):
    """Fill from the uniform distribution that keeps the spread through a nonlinearity.

    The bounds are ``gain sqrt(3 / fan)`` above and below 0.

    Args:
        tensor: (out, in, *), float.
        a: the negative slope of leaky_relu.
        mode: "fan_in" keeps the spread forward, "fan_out" backward.
        nonlinearity: see `calculate_gain`.
        generator: Generator, or None for the default one.

    Raises:
        ValueError: for fewer than 2 dimensions, another mode or nonlinearity.

    See:
        He and others, "Delving deep into rectifiers", ICCV 2015.
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None
):
    """Fill from the normal distribution that keeps the spread through a nonlinearity.

    The standard deviation is ``gain / sqrt(fan)``; arguments as for
    `kaiming_uniform_`.

    Raises:
        ValueError: for fewer than 2 dimensions, another mode or nonlinearity.
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0.0, std, generator)


def _kaiming_std(tensor, a, mode, nonlinearity):
    """The standard deviation, or None where there is nothing to fill."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op.", stacklevel=3)
        return None
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def orthogonal_(tensor, gain=1, generator=None):
    """Fill with a matrix whose rows or columns are orthogonal and of length ``gain``.

    The Q of the QR decomposition of a matrix of normal numbers, with the signs that
    make the diagonal of R positive; further dimensions are flattened.

    Args:
        tensor: (n, m, *), float.
        gain: see `calculate_gain`.
        generator: Generator, or None for the default one.

    Raises:
        ValueError: for fewer than 2 dimensions.

    See:
        Saxe and others, "Exact solutions to the nonlinear dynamics of learning in deep
        linear neural networks", ICLR 2014.
    """
    if tensor.ndim < 2:
        check_dims(
            "orthogonal_",
            tensor,
            ("2 or more",),
            "Only tensors with 2 or more dimensions are supported",
        )
    if tensor.numel() == 0 or tensor.is_meta:
        return tensor
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    with no_grad():
        drawn = normal_(tensor.new_empty((rows, columns)), generator=generator)._array
        np = backend_of(drawn.__class__).np
        q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
        q = q * np.sign(np.diagonal(r))
        q = q.T if rows < columns else q
        tensor.copy_(wrap(np.ascontiguousarray(q)).view(tensor.shape))
        return tensor.mul_(gain)
