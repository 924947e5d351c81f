"""DistributedDataParallel: the name that scripts for one process or several import."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn.modules.module import Module


class DistributedDataParallel(Module):
    """A module trained by several processes together; there are none to train with.

    Args:
        module: the module.
        args, kwargs: torch's further arguments.

    Raises:
        ValueError: always, as in torch without a process group.

    >>> import rushlight
    >>> from rushlight.nn import Linear
    >>> from rushlight.nn.parallel import DistributedDataParallel
    >>> DistributedDataParallel(Linear(1, 1))
    Traceback (most recent call last):
    ...
    rushlight._base.errors.ArgumentError: DistributedDataParallel(): expected a \
process group, got none: default process group has not been initialized. Use the \
module itself in a single process.
    """

    def __init__(self, module, *args, **kwargs):
        super().__init__()
        raise ArgumentError(
            explain(
                "DistributedDataParallel()",
                expected="a process group",
                got="none: default process group has not been initialized",
                do="Use the module itself in a single process.",
            )
        )
