"""Ways of pruning: which elements or slices of a tensor are masked."""

import numbers

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentTypeError,
    OutOfRangeError,
)
from rushlight._core.expose import TORCH
from rushlight.nn.utils.prune.base import BasePruningMethod, refuse


def _check_amount(amount):
    """Refuse what is neither a count nor a part.

    Raises:
        TypeError: for another type.
        ValueError: for a value out of range.
    """
    if not isinstance(amount, numbers.Real):
        refuse(ArgumentTypeError, "amount as int or float", f"Invalid type: {amount}")
    too_large = not isinstance(amount, numbers.Integral) and amount > 1.0
    if amount < 0 or too_large:
        expected = "a float in the range [0, 1] or a non-negative integer"
        refuse(ArgumentError, expected, f"amount={amount}")


def _count(amount, size):
    """How many of `size` an amount is.

    Raises:
        ValueError: for more than there are.
    """
    if not isinstance(amount, numbers.Integral):
        return round(amount * size)
    if amount > size:
        got = f"amount={amount}"
        refuse(ArgumentError, f"at most the number of parameters to prune={size}", got)
    return amount


def _check_dimension(t, dim):
    if t.dim() <= 1:
        refuse(
            ArgumentError,
            "multidimensional tensors for structured pruning",
            f"shape {t.shape}",
        )
    if dim >= t.dim():
        refuse(OutOfRangeError, f"a dimension of {t.shape}", f"Invalid index {dim}")


def _mask_of_slices(t, dim, kept, default_mask):
    mask = TORCH["zeros_like"](t.detach())
    index = [slice(None)] * t.dim()
    index[dim] = kept
    mask[tuple(index)] = 1
    return mask * default_mask.to(dtype=mask.dtype)


class _WithAmount(BasePruningMethod):
    """Methods with an amount: a count (int) or a part (float).

    Raises:
        TypeError, ValueError: for another amount.
    """

    def __init__(self, amount):
        _check_amount(amount)
        self.amount = amount

    def _masked(self, t, default_mask, scores, largest):
        mask = default_mask.clone()
        count = _count(self.amount, t.nelement())
        if count:
            places = TORCH["topk"](scores().reshape(-1), count, largest=largest)[1]
            mask.view(-1)[places] = 0
        return mask


class Identity(BasePruningMethod):
    """Masks nothing: brings the parameter into the form of pruned ones."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        """The mask as it is."""
        return default_mask

    @classmethod
    def apply(cls, module, name):
        """Put it on a parameter."""
        return super().apply(module, name)


class RandomUnstructured(_WithAmount):
    """Masks elements drawn at random.

    Args:
        amount: int, how many, or float, which part.
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        """The mask with that many more zeros."""

        def draw():
            return TORCH["rand_like"](t.detach())

        return self._masked(t, default_mask, draw, largest=True)

    @classmethod
    def apply(cls, module, name, amount):
        """Put it on a parameter."""
        return super().apply(module, name, amount=amount)


class L1Unstructured(_WithAmount):
    """Masks the elements that are nearest to zero.

    Args:
        amount: int, how many, or float, which part.
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        """The mask with that many more zeros."""
        return self._masked(t, default_mask, t.detach().abs, largest=False)

    @classmethod
    def apply(cls, module, name, amount, importance_scores=None):
        """Put it on a parameter."""
        return super().apply(
            module, name, amount=amount, importance_scores=importance_scores
        )


class RandomStructured(_WithAmount):
    """Masks slices along a dimension, drawn at random.

    Args:
        amount: int, how many, or float, which part.
        dim: the dimension.
    """

    PRUNING_TYPE = "structured"

    def __init__(self, amount, dim=-1):
        super().__init__(amount)
        self.dim = dim

    def compute_mask(self, t, default_mask):
        """The mask with that many slices zero."""
        _check_dimension(t, self.dim)
        size = t.shape[self.dim]
        count = _count(self.amount, size)
        if not count:
            return default_mask
        draws = TORCH["rand"](size)
        kept = draws > TORCH["kthvalue"](draws, count)[0]
        return _mask_of_slices(t, self.dim, kept, default_mask)

    @classmethod
    def apply(cls, module, name, amount, dim=-1):
        """Put it on a parameter."""
        return super().apply(module, name, amount=amount, dim=dim)


class LnStructured(_WithAmount):
    """Masks the slices along a dimension whose norm is least.

    Args:
        amount: int, how many, or float, which part.
        n: the norm's degree.
        dim: the dimension.
    """

    PRUNING_TYPE = "structured"

    def __init__(self, amount, n, dim=-1):
        super().__init__(amount)
        self.n = n
        self.dim = dim

    def compute_mask(self, t, default_mask):
        """The mask with that many slices zero."""
        _check_dimension(t, self.dim)
        size = t.shape[self.dim]
        count = _count(self.amount, size)
        if not count:
            return default_mask
        others = list(range(t.dim()))
        del others[self.dim]
        norms = TORCH["norm"](t.detach(), p=self.n, dim=others)
        kept = TORCH["topk"](norms, size - count)[1]
        return _mask_of_slices(t, self.dim, kept, default_mask)

    @classmethod
    def apply(cls, module, name, amount, n, dim, importance_scores=None):
        """Put it on a parameter."""
        return super().apply(
            module,
            name,
            amount=amount,
            n=n,
            dim=dim,
            importance_scores=importance_scores,
        )


class CustomFromMask(BasePruningMethod):
    """Masks by a mask of the user's own.

    Args:
        mask: Tensor of the parameter's shape.
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask):
        self.mask = mask

    def compute_mask(self, t, default_mask):
        """Both masks together."""
        if default_mask.shape != self.mask.shape:
            refuse(
                ArgumentAssertionError,
                f"a mask of shape {default_mask.shape}",
                self.mask.shape,
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)

    @classmethod
    def apply(cls, module, name, mask):
        """Put it on a parameter."""
        return super().apply(module, name, mask=mask)
