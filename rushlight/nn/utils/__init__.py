"""Helpers around modules: gradients, parameters, sequences, parametrized weights."""

from rushlight.nn.utils import rnn
from rushlight.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from rushlight.nn.utils.convert_parameters import (
    parameters_to_vector,
    vector_to_parameters,
)
from rushlight.nn.utils.init import skip_init
from rushlight.nn.utils import parametrizations, parametrize
from rushlight.nn.utils.weight_norm import remove_weight_norm, weight_norm
from rushlight.nn.utils.spectral_norm import remove_spectral_norm, spectral_norm

#: Imported when they are first used: files, and functions by their file.
_FILES = ("fusion", "memory_format", "prune", "stateless")
_LATER = {
    "convert_conv2d_weight_memory_format": "memory_format",
    "convert_conv3d_weight_memory_format": "memory_format",
    "fuse_conv_bn_eval": "fusion",
    "fuse_conv_bn_weights": "fusion",
    "fuse_linear_bn_eval": "fusion",
    "fuse_linear_bn_weights": "fusion",
}

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "convert_conv2d_weight_memory_format",
    "convert_conv3d_weight_memory_format",
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
    "get_total_norm",
    "parameters_to_vector",
    "parametrizations",
    "parametrize",
    "remove_spectral_norm",
    "remove_weight_norm",
    "rnn",
    "skip_init",
    "spectral_norm",
    "stateless",
    "vector_to_parameters",
    "weight_norm",
]


def __getattr__(name):
    import importlib

    if name in _FILES:
        return importlib.import_module(f"rushlight.nn.utils.{name}")
    if name in _LATER:
        return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    from rushlight._doors import missing_name

    raise missing_name("rushlight.nn.utils", name, [*__all__, "prune"])


def __dir__():
    return sorted({*globals(), *_FILES, *_LATER})
