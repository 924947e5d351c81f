"""What a call of attention is about."""

import math
from dataclasses import dataclass

from rushlight._base.symint import hint_of, is_symbolic


@dataclass(frozen=True)
class Attention:
    """What a call is about.

    Attributes:
        lead: the leading sizes.
        length, keys: the numbers of queries and keys, at least 1.
        size, value_size: of a query or key, of a value.
        dtype: "f32" or "f64".
        scale: of the scores.
        is_causal: hide keys that are later than the query.
        mask: the mask's dtype, or None.
        has_noise: whether dropout's factors are given, (*lead, length, keys).
        strides: {name: strides in elements} as a tuple of pairs, for what is not
            contiguous.  Columns of all but the mask are adjacent.
        wants_scores: whether backward gives the gradient of the scores.
    """

    lead: tuple
    length: int
    keys: int
    size: int
    value_size: int
    dtype: str
    scale: float
    is_causal: bool = False
    mask: str | None = None
    has_noise: bool = False
    strides: tuple = ()
    wants_scores: bool = False

    @property
    def optional(self):
        """The names of the inputs that there may be."""
        return ["mask"] * (self.mask is not None) + ["noise"] * self.has_noise

    @property
    def queries(self):
        """How many a block takes: fewer where each sees other keys."""
        length = hint_of(self.length)
        most = 64 if not self.is_causal else 32 if length > 128 else 16
        return most if is_symbolic(self.length) else min(most, length)

    @property
    def matrices(self):
        """How many there are."""
        return math.prod(self.lead)

    def shape_of(self, name):
        """The shape of a buffer, by its name."""
        length, keys = self.length, self.keys
        sizes = {"q": (length, self.size), "k": (keys, self.size)}
        sizes |= {"v": (keys, self.value_size), "out": (length, self.value_size)}
        sizes |= {"g": sizes["out"], "row": (length, 1)}
        sizes |= {f"g_{name}": sizes[name] for name in "qkv"}
        return (*self.lead, *sizes.get(name, (length, keys)))

    def strides_of(self, name):
        """The strides of a buffer, in elements."""
        found = dict(self.strides).get(name)
        return contiguous(self.shape_of(name)) if found is None else found


def contiguous(shape):
    """The strides of a contiguous array, in elements."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
