"""Weights of convolutions in another order in memory."""

from rushlight.nn.modules.conv import (
    Conv2d,
    Conv3d,
    ConvTranspose2d,
    ConvTranspose3d,
)

__all__ = [
    "convert_conv2d_weight_memory_format",
    "convert_conv3d_weight_memory_format",
]


def _convert(module, memory_format, kinds):
    for layer in module.modules():
        if isinstance(layer, kinds):
            weight = layer.weight.detach()
            layer.weight.data = weight.clone(memory_format=memory_format)
    return module


def convert_conv2d_weight_memory_format(module, memory_format):
    """Order the weights of a module's 2-D convolutions otherwise in memory.

    Args:
        module: Module.
        memory_format: as ``channels_last``.

    Returns:
        Module: the same.

    >>> import rushlight
    >>> layer = rushlight.nn.Conv2d(1, 1, 1)
    >>> convert_conv2d_weight_memory_format(layer, rushlight.channels_last) is layer
    True
    """
    return _convert(module, memory_format, (Conv2d, ConvTranspose2d))


def convert_conv3d_weight_memory_format(module, memory_format):
    """Order the weights of a module's 3-D convolutions otherwise in memory.

    Args:
        module: Module.
        memory_format: as ``channels_last_3d``.

    Returns:
        Module: the same.
    """
    return _convert(module, memory_format, (Conv3d, ConvTranspose3d))
