"""Upsampling: larger images and sequences by repeating or interpolating."""

from rushlight.nn import functional as F
from rushlight.nn.modules.module import Module

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]


class Upsample(Module):
    """Resize the spatial dimensions, as `functional.interpolate`.

    Input (N, C, W), (N, C, H, W) or (N, C, D, H, W); output the same with other sizes.

    Args:
        size: int or tuple of ints, the sizes to come to; or
        scale_factor: float or tuple of floats, how many times larger.
        mode: "nearest", "linear", "bilinear", "bicubic" or "trilinear".
        align_corners: bool, whether the corners' values are kept in place; not for
            "nearest".
        recompute_scale_factor: bool, whether the factor is computed anew from the
            rounded sizes.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 2.0]]])
    >>> Upsample(scale_factor=2)(x)
    tensor([[[1., 1., 2., 2.]]])
    """

    __constants__ = [
        "size",
        "scale_factor",
        "mode",
        "align_corners",
        "name",
        "recompute_scale_factor",
    ]

    def __init__(
        self,
        size=None,
        scale_factor=None,
        mode="nearest",
        align_corners=None,
        recompute_scale_factor=None,
    ):
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple([float(factor) for factor in scale_factor])
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input):
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def __setstate__(self, state):
        state.setdefault("recompute_scale_factor", True)
        super().__setstate__(state)

    def extra_repr(self):
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor!r}, mode={self.mode!r}"
        return f"size={self.size!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of images in mode "nearest".

    Args:
        size: int or (int, int); or
        scale_factor: float or (float, float).

    >>> import rushlight
    >>> UpsamplingNearest2d(scale_factor=2)(rushlight.ones(1, 1, 2, 2)).shape
    torch.Size([1, 1, 4, 4])
    """

    def __init__(self, size=None, scale_factor=None):
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of images in mode "bilinear" with the corners in place.

    Args:
        size: int or (int, int); or
        scale_factor: float or (float, float).

    >>> import rushlight
    >>> UpsamplingBilinear2d(size=3)(rushlight.tensor([[[[0.0, 2.0]]]]))[0, 0, 0]
    tensor([0., 1., 2.])
    """

    def __init__(self, size=None, scale_factor=None):
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
