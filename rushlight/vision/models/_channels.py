"""Numbers of channels that hardware likes."""


def make_divisible(channels, divisor, at_least=None):
    """The nearest multiple of the divisor that loses less than a tenth.

    >>> make_divisible(33, 8), make_divisible(11, 8)
    (32, 16)
    """
    least = divisor if at_least is None else at_least
    rounded = max(least, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
