"""torch.signal: what signals need; so far their windows."""

from rushlight.signal import windows

__all__ = ["windows"]


def __getattr__(name):
    from rushlight._doors import missing_name

    raise missing_name("rushlight.signal", name, __all__)
