"""Which implementation computes attention: torch.nn.attention's names."""

from contextlib import contextmanager
from enum import IntEnum

from rushlight._base.errors import ArgumentAssertionError, explain

__all__ = ["SDPBackend", "sdpa_kernel"]


class SDPBackend(IntEnum):
    """torch's implementations of scaled_dot_product_attention."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextmanager
def sdpa_kernel(backends, set_priority=False):
    """Choose among torch's implementations of attention; there is one here.

    Args:
        backends: an SDPBackend or a list of them; checked, with no effect.
        set_priority: bool, the same.

    Raises:
        AssertionError: for something else.

    >>> with sdpa_kernel(SDPBackend.MATH):
    ...     pass
    """
    several = backends if isinstance(backends, list) else [backends]
    if not all(isinstance(backend, SDPBackend) for backend in several):
        raise ArgumentAssertionError(
            explain(
                "sdpa_kernel()",
                expected="Backend must be an instance of SDPBackend or a list of them",
                got=backends,
                do="Name them as SDPBackend.MATH.",
            )
        )
    yield {}
