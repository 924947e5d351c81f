"""Rearranging channels and pixels: PixelShuffle, PixelUnshuffle, ChannelShuffle."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle"]


class PixelShuffle(Module):
    """Makes a larger picture of many channels.

    Input (*, C r^2, H, W); output (*, C, H r, W r).

    Args:
        upscale_factor: int, r.

    See:
        Shi and others, "Real-time single image and video super-resolution", CVPR 2016.

    >>> import rushlight
    >>> PixelShuffle(3)(rushlight.zeros(1, 9, 4, 4)).shape
    torch.Size([1, 1, 12, 12])
    """

    __constants__ = ["upscale_factor"]

    def __init__(self, upscale_factor):
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input):
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self):
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Makes many channels of a larger picture: undoes `PixelShuffle`.

    Input (*, C, H r, W r); output (*, C r^2, H, W).

    Args:
        downscale_factor: int, r.

    >>> import rushlight
    >>> PixelUnshuffle(3)(rushlight.zeros(1, 1, 12, 12)).shape
    torch.Size([1, 9, 4, 4])
    """

    __constants__ = ["downscale_factor"]

    def __init__(self, downscale_factor):
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input):
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self):
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Mixes the channels of groups, in turn one of each.

    Input (N, C, *); output the same shape.

    Args:
        groups: int, which divides C.

    See:
        Zhang and others, "ShuffleNet", CVPR 2018.

    >>> import rushlight
    >>> ChannelShuffle(2)(rushlight.arange(4).view(1, 4, 1)).flatten()
    tensor([0, 2, 1, 3])
    """

    __constants__ = ["groups"]

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, input):
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self):
        return f"groups={self.groups}"
