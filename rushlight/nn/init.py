"""Initial values: functions that fill a tensor in place and return it.

They draw PyTorch's numbers from the same generator, in the same order, and are never
recorded.
"""

import functools
import math
import warnings

from rushlight._backends import backend_of
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import wrap

_LINEAR = frozenset(
    ("linear", "sigmoid")
    + tuple(f"conv{n}d" for n in (1, 2, 3))
    + tuple(f"conv_transpose{n}d" for n in (1, 2, 3))
)


def calculate_gain(nonlinearity, param=None):
    """The factor by which a nonlinearity's input should be scaled to keep its spread.

    Args:
        nonlinearity: "linear", "conv1d" to "conv3d", "conv_transpose1d" to
            "conv_transpose3d", "sigmoid" (1); "tanh" (5/3); "relu" (sqrt 2);
            "leaky_relu" (sqrt(2 / (1 + slope^2))); "selu" (3/4).
        param: leaky_relu's negative slope; 0.01 if left out.

    Returns:
        float.

    Raises:
        ValueError: for another name, or a slope that is no number.

    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in _LINEAR:
        return 1
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + _slope(param) ** 2))
    gains = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    if nonlinearity in gains:
        return gains[nonlinearity]
    raise ArgumentError(
        explain(
            "calculate_gain()",
            expected=f"one of {', '.join(sorted([*_LINEAR, *gains, 'leaky_relu']))}",
            got=f"Unsupported nonlinearity {nonlinearity}",
            do="Give the gain yourself.",
        )
    )


def _slope(param):
    if param is None:
        return 0.01
    if isinstance(param, int | float) and not isinstance(param, bool):
        return param
    raise ArgumentError(
        explain(
            "calculate_gain()",
            expected="the negative slope as a number",
            got=f"negative_slope {param} not a valid number",
            do="Pass a float.",
        )
    )


def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Fill from the uniform distribution on [a, b).

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> uniform_(rushlight.empty(2))
    tensor([0.4963, 0.7682])
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Fill from the normal distribution with a mean and a standard deviation.

    >>> import rushlight
    >>> _ = rushlight.manual_seed(0)
    >>> normal_(rushlight.empty(2))
    tensor([ 1.5410, -0.2934])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Fill from the normal distribution cut off outside [a, b].

    Values outside are drawn again.  Where few would be inside, uniform numbers of
    [a, b] are kept with a probability in proportion to the density instead.

    Args:
        tensor: (*), float.
        mean, std: of the normal distribution before it is cut.
        a, b: the bounds, as values.
        generator: Generator, or None for the default one.

    >>> import rushlight
    >>> bool((trunc_normal_(rushlight.empty(9), std=5.0).abs() <= 2).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            f"trunc_normal_(): expected a mean within 2 std of [{a}, {b}], got {mean}. "
            "The values may be far from the distribution.",
            stacklevel=2,
        )
    if tensor.is_meta:
        return tensor
    inside = _normal_below((b - mean) / std) - _normal_below((a - mean) / std)
    draw = _redraw_outside if inside > 0.3 else _thin_uniform
    with no_grad():
        return draw(tensor, mean, std, a, b, generator)


def _normal_below(x):
    """The probability of a standard normal value below x."""
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _redraw_outside(tensor, mean, std, a, b, generator):
    tensor.normal_(mean, std, generator=generator)
    outside = (tensor < a) | (tensor > b)
    while outside.any():
        # Everywhere, so that the draws are PyTorch's; used where it is needed.
        again = TORCH["empty_like"](tensor).normal_(mean, std, generator=generator)
        tensor[outside] = again[outside]
        outside = (tensor < a) | (tensor > b)
    return tensor


def _thin_uniform(tensor, mean, std, a, b, generator):
    mode = max(a, min(mean, b))
    log_peak = -0.5 * ((mode - mean) / std) ** 2
    rejected = None
    while rejected is None or rejected.any():
        drawn = TORCH["empty_like"](tensor).uniform_(a, b, generator=generator)
        height = TORCH["empty_like"](tensor).uniform_(generator=generator).log_()
        log_density = ((drawn - mean) / std).square() * -0.5 - log_peak
        too_high = height > log_density
        if rejected is None:
            tensor.copy_(drawn)
            rejected = too_high
        else:
            tensor[rejected] = drawn[rejected]
            rejected = rejected & too_high
    return tensor


def constant_(tensor, val):
    """Fill with one value.

    >>> import rushlight
    >>> constant_(rushlight.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    """Fill with ones.

    >>> import rushlight
    >>> ones_(rushlight.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """Fill with zeros.

    >>> import rushlight
    >>> zeros_(rushlight.empty(2))
    tensor([0., 0.])
    """
    with no_grad():
        return tensor.zero_()


def eye_(tensor):
    """Fill a matrix with the identity.

    Args:
        tensor: (n, m), any dtype.

    Raises:
        ValueError: for another number of dimensions.

    >>> import rushlight
    >>> eye_(rushlight.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    _check_dims("eye_", tensor, (2,), "Only tensors with 2 dimensions are supported")
    with no_grad():
        tensor.zero_()
        for i in range(min(tensor.shape)):
            tensor[i, i] = 1
    return tensor


def dirac_(tensor, groups=1):
    """Fill a convolution's weight so that it passes its input channels through.

    Args:
        tensor: (out, in, kernel...), with 1 to 3 kernel sizes.
        groups: int, the convolution's groups.

    Raises:
        ValueError: for another number of dimensions, or channels that the groups do
            not divide.

    >>> import rushlight
    >>> dirac_(rushlight.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    _check_dims(
        "dirac_",
        tensor,
        (3, 4, 5),
        "Only tensors with 3, 4, or 5 dimensions are supported",
    )
    out, channels, *kernel = tensor.shape
    if out % groups:
        raise ArgumentError(
            explain(
                "dirac_()",
                expected=f"dim 0 must be divisible by groups ({groups})",
                got=f"size {out}",
                do="Use the convolution's own number of groups.",
            )
        )
    per_group = out // groups
    center = tuple(size // 2 for size in kernel)
    with no_grad():
        tensor.zero_()
        for channel in range(out):
            if channel % per_group < channels:
                tensor[(channel, channel % per_group, *center)] = 1
    return tensor


def _check_dims(who, tensor, allowed, problem):
    if tensor.ndim not in allowed:
        raise ArgumentError(
            explain(
                f"{who}()",
                expected=f"{' or '.join(map(str, allowed))} dimensions ({problem})",
                got=f"shape {list(tensor.shape)}",
                do="Reshape it, or choose another initialiser.",
            )
        )


def _calculate_fan_in_and_fan_out(tensor):
    """How many inputs feed an output of a weight, and the reverse."""
    if tensor.ndim < 2:
        raise ArgumentError(
            explain(
                "fan in and fan out",
                expected="at least 2 dimensions",
                got=f"shape {list(tensor.shape)}: Fan in and fan out can not be "
                "computed for tensor with fewer than 2 dimensions",
                do="For a bias use uniform_ or zeros_.",
            )
        )
    out, inputs, *kernel = tensor.shape
    field = math.prod(kernel)
    return inputs * field, out * field


def _calculate_correct_fan(tensor, mode):
    modes = ["fan_in", "fan_out"]
    mode = mode.lower()
    if mode not in modes:
        raise ArgumentError(
            explain(
                "kaiming initialisation",
                expected=f"mode to be one of {modes}",
                got=f"Mode {mode} not supported",
                do="fan_in keeps the spread forward, fan_out backward.",
            )
        )
    return _calculate_fan_in_and_fan_out(tensor)[modes.index(mode)]


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
        _check_dims(
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


def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Fill a matrix from the normal distribution, with zeros in every column.

    Args:
        tensor: (n, m), float.
        sparsity: the part of each column that is zero, rounded up to whole rows; which
            ones, the default generator draws.
        std: the standard deviation.
        generator: Generator for the values, or None for the default one.

    Raises:
        ValueError: for another number of dimensions.

    See:
        Martens, "Deep learning via Hessian-free optimization", ICML 2010.
    """
    _check_dims("sparse_", tensor, (2,), "Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            tensor[TORCH["randperm"](rows)[:zeros], column] = 0
    return tensor


def _deprecated(function):
    """The old name of an initialiser, without the underscore: it warns."""
    new = function.__name__

    @functools.wraps(function)
    def old(*args, **kwargs):
        warnings.warn(
            f"nn.init.{new[:-1]} is deprecated; use nn.init.{new}.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = new[:-1]
    old.__doc__ = f"The old name of `{new}`: it warns and calls it."
    return old


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
