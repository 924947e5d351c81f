"""Rushlight: deep learning with PyTorch's names, small and fast.

``import rushlight as torch`` runs training code written for PyTorch; ``rushlight run
script.py`` runs a script as it is.  This is the door: names, nothing else.
"""

import warnings as _warnings
from math import e, inf, nan, pi

# Arithmetic on nan and inf is silent in torch: NumPy's warnings of it, raised in our
# own files, are not for users.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"rushlight\.")

from rushlight._base.dtype import (
    bfloat16,
    bool,
    complex64,
    complex128,
    dtype,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from rushlight._base.dtype import ALIASES as _ALIASES
from rushlight._base.config import default_dtype as get_default_dtype, set_default_dtype
from rushlight._base.device import device, get_default_device, set_default_device
from rushlight._base.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from rushlight._base.limits import finfo, iinfo
from rushlight._base.promote import can_cast, promote_types
from rushlight._base.shape import Size, broadcast_shapes
from rushlight._base.threads import (
    get_num_interop_threads,
    get_num_threads,
    set_num_interop_threads,
    set_num_threads,
)
from rushlight._core.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from rushlight._core.guarding import GUARDS as _GUARDS
from rushlight._core.tensor import Tensor
from rushlight._core.printing import get_printoptions, set_printoptions
from rushlight import _ops
from rushlight._compiler import (
    composites as _composites,
    draws as _draws,
    large as _large,
    products as _products,
    slots as _slots,
)
from rushlight._core.expose import TORCH as _exposed
from rushlight import autograd
from rushlight._queries import (
    are_deterministic_algorithms_enabled,
    is_complex,
    is_floating_point,
    is_storage,
    is_tensor,
    result_type,
    typename,
    use_deterministic_algorithms,
)
from rushlight._settings import (
    compiled_with_cxx11_abi,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    is_distributed,
    is_inference,
    is_vulkan_available,
    is_warn_always_enabled,
    set_deterministic_debug_mode,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_warn_always,
)
from rushlight.autograd.anomaly import (
    is_anomaly_check_nan_enabled,
    is_anomaly_enabled,
)
from rushlight._version import __version__

globals().update(_exposed, **_ALIASES)
newaxis = None
legacy_contiguous_format = contiguous_format

#: Imported when they are first used, so that the start stays short.
_ROOMS = frozenset(
    "_C _dynamo accelerator amp backends compiler cpu cuda distributed distributions "
    "fft func fx guard hub jit linalg masked mps multiprocessing nn onnx optim "
    "profiler random return_types serialization signal special testing torch_version "
    "utils version vision xpu".split()
)

# What `from rushlight import *` gives: as in torch, not the rooms.
__all__ = [name for name in globals() if name[0] != "_" and name != "autograd"]


def _open_guards():
    from rushlight import guard


_GUARDS.open = _open_guards


def __getattr__(name):
    from rushlight._doors import missing_name, opened

    found = opened(name, _ROOMS, globals())
    if found is None:
        raise missing_name("rushlight", name, [*globals(), *_ROOMS])
    return found


def __dir__():
    return sorted({*globals(), *_ROOMS})
