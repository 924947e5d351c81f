"""When two programs have printed the same."""

import re
from decimal import Decimal

_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")


def same(ours, theirs):
    """Whether two texts are equal; a decimal's last digit may differ by one.

    >>> same("loss 0.123 (3)", "loss 0.124 (3)"), same("0.1", "0.3"), same("3", "4")
    (True, False, False)
    """
    if _NUMBER.sub("#", ours) != _NUMBER.sub("#", theirs):
        return False
    pairs = zip(_NUMBER.findall(ours), _NUMBER.findall(theirs))
    return all(_near(Decimal(a), Decimal(b)) for a, b in pairs)


def _near(a, b):
    last = Decimal((0, (1,), a.as_tuple().exponent))
    return a.as_tuple().exponent == b.as_tuple().exponent and abs(a - b) <= last
