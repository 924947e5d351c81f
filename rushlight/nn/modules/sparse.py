"""Tables of vectors: Embedding, EmbeddingBag."""

from rushlight._base.errors import ArgumentAssertionError, explain
from rushlight._core.grad_mode import no_grad
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter
from rushlight.nn.parameter import Parameter

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(Module):
    """A table of vectors; subclasses look them up."""

    def _make_table(self, weight, freeze, device, dtype):
        """The weight: drawn, or given."""
        shape = (self.num_embeddings, self.embedding_dim)
        if weight is None:
            weight = empty_parameter(*shape, device=device, dtype=dtype)
            self.weight = weight.requires_grad_(not freeze)
            self.reset_parameters()
            return
        if tuple(weight.shape) != shape:
            raise ArgumentAssertionError(
                explain(
                    f"{type(self).__name__}()",
                    expected=f"the weight's shape to be {shape}",
                    got=f"{tuple(weight.shape)}: Shape of weight does not match "
                    "num_embeddings and embedding_dim",
                    do="Give the table's own sizes.",
                )
            )
        self.weight = Parameter(weight, requires_grad=not freeze)

    def _from_zero(self, index):
        """padding_idx counted from the front."""
        count = self.num_embeddings
        if index is not None and not -count <= index < count:
            raise ArgumentAssertionError(
                explain(
                    f"{type(self).__name__}()",
                    expected=f"Padding_idx must be within num_embeddings ({count})",
                    got=index,
                    do="It is the number of a row.",
                )
            )
        return index + count if index is not None and index < 0 else index

    def reset_parameters(self):
        """Draw new values from the standard normal distribution; padding is zero."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    @staticmethod
    def _check_pretrained(embeddings):
        if embeddings.dim() != 2:
            raise ArgumentAssertionError(
                explain(
                    "from_pretrained()",
                    expected="Embeddings parameter is expected to be 2-dimensional",
                    got=f"shape {list(embeddings.shape)}",
                    do="One row for each vector.",
                )
            )


class Embedding(_Table):
    """A table of vectors, looked up by number.

        y = weight[x]

    Input (*), int32 or int64; output (*, embedding_dim).

    Args:
        num_embeddings: int, how many rows.
        embedding_dim: int, the length of each.
        padding_idx: the row that starts at zero and gets no gradient.
        max_norm: float; rows that are longer are shortened to it, in place, when they
            are looked up.
        norm_type: float, the degree of that norm.
        scale_grad_by_freq: whether a row's gradient is divided by how often it was
            looked up in the batch.
        sparse: see the functional form.
        device, dtype: of the parameter.

    Attributes:
        weight: (num_embeddings, embedding_dim); starts standard normal.

    Raises:
        AssertionError: for a padding_idx outside the table.
        IndexError: for a number outside the table, when it is looked up.

    >>> import rushlight
    >>> Embedding(10, 3)(rushlight.tensor([[1, 2], [4, 3]])).shape
    torch.Size([2, 2, 3])
    """

    __constants__ = [
        "num_embeddings",
        "embedding_dim",
        "padding_idx",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "sparse",
    ]

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        sparse=False,
        _weight=None,
        _freeze=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = self._from_zero(padding_idx)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self._make_table(_weight, _freeze, device, dtype)
        self.sparse = sparse

    @classmethod
    def from_pretrained(
        cls,
        embeddings,
        freeze=True,
        padding_idx=None,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        sparse=False,
    ):
        """An Embedding over a given table.

        Args:
            embeddings: (num_embeddings, embedding_dim), float.
            freeze: whether it is kept from training.

        Raises:
            AssertionError: for another number of dimensions.

        >>> import rushlight
        >>> table = rushlight.tensor([[1.0, 2.3], [4.0, 5.1]])
        >>> Embedding.from_pretrained(table)(rushlight.tensor([1]))
        tensor([[4.0000, 5.1000]])
        """
        cls._check_pretrained(embeddings)
        return cls(
            *embeddings.shape,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
            _weight=embeddings,
            _freeze=freeze,
        )

    def forward(self, input):
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self):
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        unsaid = {"padding_idx": None, "max_norm": None, "norm_type": 2}
        unsaid |= {"scale_grad_by_freq": False, "sparse": False}
        for name, default in unsaid.items():
            value = getattr(self, name)
            if value is not default and value != default:
                text += f", {name}={value}"
        return text


class EmbeddingBag(_Table):
    """The sum, mean or maximum of vectors of a table, bag by bag.

        y = reduce_(i in bag) weight[x_i]

    Input (N, L), int32 or int64: N bags of L numbers; or (M,) with offsets (N,), where
    each bag begins; and optionally a weight for each number, of the same shape
    ("sum").  Output (N, embedding_dim).

    Args:
        num_embeddings: int, how many rows.
        embedding_dim: int, the length of each.
        max_norm, norm_type, scale_grad_by_freq, sparse: as for `Embedding`.
        mode: "sum", "mean" or "max".
        include_last_offset: whether the offsets end with the numbers' count.
        padding_idx: the row that does not count.
        device, dtype: of the parameter.

    Attributes:
        weight: (num_embeddings, embedding_dim); starts standard normal.

    Raises:
        AssertionError: for a padding_idx outside the table.

    >>> import rushlight
    >>> bags = EmbeddingBag(10, 3, mode="sum")
    >>> bags(rushlight.tensor([1, 2, 4, 5]), rushlight.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    __constants__ = [
        "num_embeddings",
        "embedding_dim",
        "max_norm",
        "norm_type",
        "scale_grad_by_freq",
        "mode",
        "sparse",
        "include_last_offset",
        "padding_idx",
    ]

    def __init__(
        self,
        num_embeddings,
        embedding_dim,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        mode="mean",
        sparse=False,
        _weight=None,
        include_last_offset=False,
        padding_idx=None,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.padding_idx = self._from_zero(padding_idx)
        self._make_table(_weight, False, device, dtype)
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    @classmethod
    def from_pretrained(
        cls,
        embeddings,
        freeze=True,
        max_norm=None,
        norm_type=2.0,
        scale_grad_by_freq=False,
        mode="mean",
        sparse=False,
        include_last_offset=False,
        padding_idx=None,
    ):
        """An EmbeddingBag over a given table.

        Args:
            embeddings: (num_embeddings, embedding_dim), float.
            freeze: whether it is kept from training.

        Raises:
            AssertionError: for another number of dimensions.

        >>> import rushlight
        >>> bags = EmbeddingBag.from_pretrained(rushlight.tensor([[1.0], [3.0]]))
        >>> bags(rushlight.tensor([[0, 1]]))
        tensor([[2.]])
        """
        cls._check_pretrained(embeddings)
        bags = cls(
            *embeddings.shape,
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        bags.weight.requires_grad = not freeze
        return bags

    def forward(self, input, offsets=None, per_sample_weights=None):
        """Look up and reduce; see the class.

        Args:
            input: (N, L) or (M,), int32 or int64.
            offsets: (N,), where the bags of a one-dimensional input begin.
            per_sample_weights: as the input, float; only for "sum".
        """
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self):
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in {"max_norm": None, "norm_type": 2}.items():
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        text += f", mode={self.mode!r}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        return text
