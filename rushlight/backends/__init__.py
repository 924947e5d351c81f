"""torch.backends: switches that scripts set and questions that they ask.

The switches keep what they are given.  Those that choose among a vendor library's
algorithms have nothing to choose from here; docs/differences.md names them.
"""

import sys
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType


def _answer(value):
    return lambda: value


class _Switches(ModuleType):
    """A module of flags, to be read and set; an unknown one is an AttributeError."""

    def __init__(self, name, /, **flags):
        super().__init__(f"{__name__}.{name}", f"Switches of torch.backends.{name}.")
        self.__dict__.update(flags, __spec__=ModuleSpec(self.__name__, None))

    def __setattr__(self, name, value):
        if name not in self.__dict__ and not name.startswith("__"):
            flags = (flag for flag in self.__dict__ if flag[0] != "_")
            raise AttributeError(
                f"backends: expected one of {', '.join(flags)}, got {name!r}. "
                "Check the spelling."
            )
        super().__setattr__(name, value)


def _module(name, **flags):
    """Switches that `import torch.backends.NAME` finds, too."""
    made = _Switches(name, **flags)
    sys.modules[made.__name__] = made
    return made


def _cuda_is_built():
    from rushlight.cuda import is_available

    return is_available()


@contextmanager
def _cudnn_flags(
    enabled=False,
    benchmark=False,
    benchmark_limit=10,
    deterministic=False,
    allow_tf32=True,
    fp32_precision="none",
):
    """cuDNN's switches for the length of a block."""
    names = "enabled benchmark benchmark_limit deterministic allow_tf32".split()
    before = [getattr(cudnn, name) for name in names]
    given = (enabled, benchmark, benchmark_limit, deterministic, allow_tf32)
    for name, value in zip(names, given, strict=True):
        setattr(cudnn, name, value)
    try:
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            setattr(cudnn, name, value)


#: The implementations of attention that may be switched on and off in `backends.cuda`.
_ATTENTION = dict.fromkeys(("flash", "mem_efficient", "math", "cudnn"), True)


def _attention_switches():
    """`enable_flash_sdp`, `flash_sdp_enabled` and the same of the other kinds."""

    def enable(kind):
        return lambda enabled: _ATTENTION.__setitem__(kind, bool(enabled))

    def enabled(kind):
        return lambda: _ATTENTION[kind]

    found = {f"enable_{kind}_sdp": enable(kind) for kind in _ATTENTION}
    return found | {f"{kind}_sdp_enabled": enabled(kind) for kind in _ATTENTION}


@contextmanager
def _sdp_kernel(
    enable_flash=True, enable_math=True, enable_mem_efficient=True, enable_cudnn=True
):
    """Attention's switches for the length of a block."""
    before = dict(_ATTENTION)
    given = (enable_flash, enable_mem_efficient, enable_math, enable_cudnn)
    _ATTENTION.update(zip(before, map(bool, given), strict=True))
    try:
        yield
    finally:
        _ATTENTION.update(before)


cudnn = _module(
    "cudnn",
    enabled=True,
    benchmark=False,
    benchmark_limit=10,
    deterministic=False,
    allow_tf32=True,
    fp32_precision="none",
    is_available=_answer(False),
    version=_answer(None),
    flags=_cudnn_flags,
)
cuda = _module(
    "cuda",
    matmul=_Switches(
        "cuda.matmul",
        allow_tf32=False,
        allow_fp16_reduced_precision_reduction=True,
        allow_bf16_reduced_precision_reduction=True,
        allow_fp16_accumulation=False,
        fp32_precision="none",
    ),
    is_built=_cuda_is_built,
    sdp_kernel=_sdp_kernel,
    **_attention_switches(),
)
mps = _module("mps", is_available=_answer(False), is_built=_answer(False))
mkl = _module("mkl", is_available=_answer(False))
mkldnn = _module("mkldnn", enabled=False, is_available=_answer(False))
openmp = _module("openmp", is_available=_answer(False))
xpu = _module("xpu", is_available=_answer(False))
opt_einsum = _module(
    "opt_einsum", is_available=_answer(False), enabled=False, strategy=None
)
