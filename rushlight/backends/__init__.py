"""torch.backends: switches that scripts set and questions that they ask.

The switches keep what they are given.  Those that choose among a vendor library's
algorithms have nothing to choose from here; docs/differences.md names them.
"""

from contextlib import contextmanager
from types import SimpleNamespace


def _answer(value):
    return lambda: value


class _Switches(SimpleNamespace):
    """Flags that may be read and set; an unknown one is an AttributeError."""

    def __setattr__(self, name, value):
        if name not in self.__dict__:
            raise AttributeError(
                f"backends: expected one of {', '.join(self.__dict__)}, got {name!r}. "
                "Check the spelling."
            )
        super().__setattr__(name, value)


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


cudnn = _Switches(
    enabled=True,
    benchmark=False,
    benchmark_limit=10,
    deterministic=False,
    allow_tf32=True,
    is_available=_answer(False),
    version=_answer(None),
    flags=_cudnn_flags,
)
cuda = _Switches(
    matmul=_Switches(
        allow_tf32=False,
        allow_fp16_reduced_precision_reduction=True,
        allow_bf16_reduced_precision_reduction=True,
    ),
    is_built=_cuda_is_built,
)
mps = _Switches(is_available=_answer(False), is_built=_answer(False))
mkl = _Switches(is_available=_answer(False))
mkldnn = _Switches(enabled=False, is_available=_answer(False))
openmp = _Switches(is_available=_answer(False))
xpu = _Switches(is_available=_answer(False))
opt_einsum = _Switches(is_available=_answer(False), enabled=False, strategy=None)
