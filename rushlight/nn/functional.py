"""nn.functional: the layers' operations as functions, from the op families."""

from rushlight._base.errors import MissingAttributeError, explain
from rushlight._core.expose import FUNCTIONAL
from rushlight.nn import (  # noqa: F401 - they expose theirs
    _composites,
    _folding,
    _fractional_pool,
    _linear_loss,
)

globals().update(FUNCTIONAL)
__all__ = list(FUNCTIONAL)


def __getattr__(name):
    import difflib

    near = difflib.get_close_matches(name, FUNCTIONAL, n=1)
    raise MissingAttributeError(
        explain(
            "nn.functional",
            expected="one of its functions",
            got=f"{name!r} (module 'nn.functional' has no attribute {name!r})",
            do=f"Did you mean {near[0]!r}?" if near else "See dir(nn.functional).",
        )
    )
