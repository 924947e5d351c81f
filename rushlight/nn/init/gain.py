"""Gains and fans: by how much a layer scales what goes through it."""

import math

from rushlight._base.errors import ArgumentError, explain

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
