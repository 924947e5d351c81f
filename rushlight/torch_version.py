"""torch.torch_version: a version that compares by its numbers."""

import re

__all__ = ["TorchVersion", "__version__"]

_PARTS = re.compile(r"\s*v?(\d+(?:\.\d+)*)(?:[._-]?(a|b|rc|dev)[a-z]*\.?(\d*))?")
_FINAL = 9  # after dev, a, b and rc
_STAGES = {"dev": 0, "a": 1, "b": 2, "rc": 3}


def _key(version):
    """What a version, given as text or as a tuple of numbers, is compared by."""
    if not isinstance(version, str):
        version = ".".join(map(str, version))
    found = _PARTS.match(version)
    if found is None:
        raise ValueError(f"TorchVersion: expected a version, got {version!r}.")
    numbers, stage, count = found.groups()
    release = [int(number) for number in numbers.split(".")]
    while release and release[-1] == 0:
        release.pop()
    local = version.partition("+")[2]
    return release, _STAGES.get(stage, _FINAL), int(count or 0), local


class TorchVersion(str):
    """A version as text that compares by its numbers, also with tuples.

    >>> TorchVersion("2.13.0") > "2.9", TorchVersion("2.13.0") >= (2, 13)
    (True, True)
    """

    def _compare(self, other, how):
        try:
            return how(_key(str(self)), _key(other))
        except (TypeError, ValueError):
            return how(str(self), other)

    def __eq__(self, other):
        return self._compare(other, lambda a, b: a == b)

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._compare(other, lambda a, b: a >= b)

    __hash__ = str.__hash__


#: The release of PyTorch whose behaviour Rushlight follows.
__version__ = TorchVersion("2.13.0+rushlight")
