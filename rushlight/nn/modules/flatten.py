"""Layers that only change the shape: Flatten, Unflatten."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight.nn.modules.module import Module

__all__ = ["Flatten", "Unflatten"]


class Flatten(Module):
    """Make one dimension of several.

    Args:
        start_dim, end_dim: int, the first and the last of them.

    >>> import rushlight
    >>> Flatten()(rushlight.zeros(32, 1, 5, 5)).shape
    torch.Size([32, 25])
    """

    __constants__ = ["start_dim", "end_dim"]

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self):
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Make several dimensions of one.

    Args:
        dim: int.
        unflattened_size: tuple, list or Size of ints, one of which may be -1.

    Raises:
        TypeError: for sizes that are no ints.

    >>> import rushlight
    >>> Unflatten(1, (2, 5, 5))(rushlight.zeros(2, 50)).shape
    torch.Size([2, 2, 5, 5])
    """

    __constants__ = ["dim", "unflattened_size"]

    def __init__(self, dim, unflattened_size):
        super().__init__()
        wrong = unflattened_size
        if isinstance(unflattened_size, tuple | list):
            found = [size for size in unflattened_size if not isinstance(size, int)]
            wrong = found[0] if found else None
        if wrong is not None:
            raise ArgumentTypeError(
                explain(
                    "Unflatten()",
                    expected="unflattened_size must be a tuple of ints",
                    got=f"{wrong!r} of type {type(wrong).__name__}",
                    do="Dimensions have no names here.",
                )
            )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input):
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self):
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
