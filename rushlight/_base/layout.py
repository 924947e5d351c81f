"""Layouts and memory formats: names that torch code passes about.

There is one layout, strided.  The memory formats order a tensor's dimensions in memory
as torch does; results do not depend on them.
"""


class layout:  # noqa: N801 - torch's public name
    """How the elements of a tensor are laid out; there is only `strided`."""

    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"torch.{self.name}"

    def __reduce__(self):
        return self.name


class memory_format(layout):  # noqa: N801 - torch's public name
    """The order of a tensor's dimensions in memory."""

    __slots__ = ()


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
