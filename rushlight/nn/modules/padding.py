"""Padding: zeros, a constant, reflections, copies of the edge, or the other end."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import _ntuple, list_in_words

__all__ = [
    f"{kind}Pad{n}d"
    for kind in ("Circular", "Constant", "Reflection", "Replication", "Zero")
    for n in (1, 2, 3)
]


class _Pad(Module):
    """Adds places before and after the last dimensions.

    Args:
        padding: int, for all sides, or (left, right, top, bottom, front, back) as far
            as the layer has dimensions.
    """

    __constants__ = ["padding"]

    def __init__(self, padding):
        super().__init__()
        self.padding = _ntuple(2 * self._count)(padding)

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """Adds one value.

    Args:
        padding: int, or one int for each side.
        value: number.
    """

    __constants__ = ["padding", "value"]

    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return list_in_words(padding=self.padding, value=self.value)


class ConstantPad1d(_ConstantPad):
    """Adds one value at both ends of the last dimension.

    Args:
        padding: int or (left, right); negative numbers cut.
        value: number.

    >>> import rushlight
    >>> ConstantPad1d((1, 0), 3.5)(rushlight.zeros(1, 2))
    tensor([[3.5000, 0.0000, 0.0000]])
    """

    _count = 1


class ConstantPad2d(_ConstantPad):
    """Adds one value around the last two dimensions.

    Args:
        padding: int or (left, right, top, bottom); negative numbers cut.
        value: number.

    >>> import rushlight
    >>> ConstantPad2d(1, 0.0)(rushlight.zeros(1, 2, 2)).shape
    torch.Size([1, 4, 4])
    """

    _count = 2


class ConstantPad3d(_ConstantPad):
    """Adds one value around the last three dimensions.

    Args:
        padding: int or (left, right, top, bottom, front, back); negative numbers cut.
        value: number.

    >>> import rushlight
    >>> ConstantPad3d(1, 0.0)(rushlight.zeros(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _count = 3


class _ZeroPad(_ConstantPad):
    """Adds zeros."""

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """Adds zeros at both ends of the last dimension; padding as for `ConstantPad1d`.

    >>> import rushlight
    >>> ZeroPad1d(1)(rushlight.ones(1, 2))
    tensor([[0., 1., 1., 0.]])
    """

    _count = 1


class ZeroPad2d(_ZeroPad):
    """Adds zeros around the last two dimensions; padding as for `ConstantPad2d`.

    >>> import rushlight
    >>> ZeroPad2d((1, 0, 0, 0))(rushlight.ones(1, 1, 2))
    tensor([[[0., 1., 1.]]])
    """

    _count = 2


class ZeroPad3d(_ZeroPad):
    """Adds zeros around the last three dimensions; padding as for `ConstantPad3d`.

    >>> import rushlight
    >>> ZeroPad3d(1)(rushlight.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _count = 3


class _ReflectionPad(_Pad):
    """Adds the values in reverse, without the one at the edge."""

    _mode = "reflect"


class ReflectionPad1d(_ReflectionPad):
    """Adds the values in reverse at both ends of the last dimension.

    Input (N, C, L) or (C, L).

    Args:
        padding: int or (left, right), less than L.

    >>> import rushlight
    >>> ReflectionPad1d(2)(rushlight.tensor([[0.0, 1.0, 2.0]]))
    tensor([[2., 1., 0., 1., 2., 1., 0.]])
    """

    _count = 1


class ReflectionPad2d(_ReflectionPad):
    """Adds the values in reverse around a picture, (N, C, H, W) or (C, H, W).

    Args:
        padding: int or (left, right, top, bottom), less than the sizes.

    >>> import rushlight
    >>> ReflectionPad2d(1)(rushlight.zeros(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _count = 2


class ReflectionPad3d(_ReflectionPad):
    """Adds the values in reverse around a volume, (N, C, D, H, W) or (C, D, H, W).

    Args:
        padding: int or (left, right, top, bottom, front, back), less than the sizes.

    >>> import rushlight
    >>> ReflectionPad3d(1)(rushlight.zeros(1, 3, 3, 3)).shape
    torch.Size([1, 5, 5, 5])
    """

    _count = 3


class _ReplicationPad(_Pad):
    """Adds copies of the value at the edge."""

    _mode = "replicate"


class ReplicationPad1d(_ReplicationPad):
    """Adds copies of the edge at both ends of the last dimension.

    Input (N, C, L) or (C, L).

    Args:
        padding: int or (left, right).

    >>> import rushlight
    >>> ReplicationPad1d(2)(rushlight.tensor([[0.0, 1.0, 2.0]]))
    tensor([[0., 0., 0., 1., 2., 2., 2.]])
    """

    _count = 1


class ReplicationPad2d(_ReplicationPad):
    """Adds copies of the edge around a picture, (N, C, H, W) or (C, H, W).

    Args:
        padding: int or (left, right, top, bottom).

    >>> import rushlight
    >>> ReplicationPad2d(1)(rushlight.zeros(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _count = 2


class ReplicationPad3d(_ReplicationPad):
    """Adds copies of the edge around a volume, (N, C, D, H, W) or (C, D, H, W).

    Args:
        padding: int or (left, right, top, bottom, front, back).

    >>> import rushlight
    >>> ReplicationPad3d(1)(rushlight.zeros(1, 3, 3, 3)).shape
    torch.Size([1, 5, 5, 5])
    """

    _count = 3


class _CircularPad(_Pad):
    """Adds the values from the other end."""

    _mode = "circular"


class CircularPad1d(_CircularPad):
    """Adds the values from the other end at both ends of the last dimension.

    Input (N, C, L) or (C, L).

    Args:
        padding: int or (left, right), at most L.

    >>> import rushlight
    >>> CircularPad1d(1)(rushlight.tensor([[0.0, 1.0, 2.0]]))
    tensor([[2., 0., 1., 2., 0.]])
    """

    _count = 1


class CircularPad2d(_CircularPad):
    """Adds the values from the other end around a picture, (N, C, H, W) or (C, H, W).

    Args:
        padding: int or (left, right, top, bottom), at most the sizes.

    >>> import rushlight
    >>> CircularPad2d(1)(rushlight.zeros(1, 3, 3)).shape
    torch.Size([1, 5, 5])
    """

    _count = 2


class CircularPad3d(_CircularPad):
    """Adds the values from the other end around a volume, (N, C, D, H, W).

    Args:
        padding: int or (left, right, top, bottom, front, back), at most the sizes.

    >>> import rushlight
    >>> CircularPad3d(1)(rushlight.zeros(1, 3, 3, 3)).shape
    torch.Size([1, 5, 5, 5])
    """

    _count = 3
