"""One encoder layer, one decoder layer."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.activation import MultiheadAttention
from rushlight.nn.modules.dropout import Dropout
from rushlight.nn.modules.linear import Linear
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.normalization import LayerNorm

__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]


def _activation(given):
    """The function that a name stands for; functions stand for themselves."""
    if given in ("relu", "gelu"):
        return getattr(F, given)
    if isinstance(given, str):
        raise ArgumentRuntimeError(
            explain(
                "Transformer layer",
                expected="activation should be relu/gelu, or a function",
                got=repr(given),
                do="Pass nn.functional's function.",
            )
        )
    return given


class _Layer(Module):
    """What both kinds of layers have: attention, two linear layers, norms, dropouts."""

    __constants__ = ["norm_first"]

    def _feed_forward(self, x):
        x = self.dropout(self.activation(self.linear1(x)))
        return self.linear2(x)


class TransformerEncoderLayer(_Layer):
    """Self-attention, then two linear layers, each with a norm and a way around it.

        x = norm1(x + attention(x));    x = norm2(x + linear2(activation(linear1(x))))

    with norm_first the norms come before: ``x = x + attention(norm1(x))``.

    Input and output (S, N, d_model), (N, S, d_model) with batch_first, or (S,
    d_model), float.

    Args:
        d_model: int, the width.
        nhead: int, the attention's heads.
        dim_feedforward: int, the width between the linear layers.
        dropout: float.
        activation: "relu", "gelu" or a function of one tensor.
        layer_norm_eps: float.
        batch_first: whether the batch is the first dimension.
        norm_first: whether the norms come first.
        bias: whether linear layers and norms have one.
        device, dtype: of the parameters.

    See:
        Vaswani and others, "Attention is all you need", NeurIPS 2017.

    >>> import rushlight
    >>> layer = TransformerEncoderLayer(8, 2, 16)
    >>> layer(rushlight.zeros(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model,
        nhead,
        dim_feedforward=2048,
        dropout=0.1,
        activation=F.relu,
        layer_norm_eps=1e-5,
        batch_first=False,
        norm_first=False,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        place = {"bias": bias, "device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, batch_first=batch_first, **place
        )
        self.linear1 = Linear(d_model, dim_feedforward, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **place)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, **place)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, **place)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        """Encode; masks as for `MultiheadAttention`'s attn_mask and key_padding_mask.

        Args:
            src: (S, N, d_model), see the class.
            src_mask: (S, S) or (N nhead, S, S).
            src_key_padding_mask: (N, S).
            is_causal: says that src_mask is the causal mask.
        """
        masks = (src_mask, src_key_padding_mask, is_causal)
        x = src
        if self.norm_first:
            x = x + self._attend(self.norm1(x), *masks)
            return x + self.dropout2(self._feed_forward(self.norm2(x)))
        x = self.norm1(x + self._attend(x, *masks))
        return self.norm2(x + self.dropout2(self._feed_forward(x)))

    def _attend(self, x, mask, padding, is_causal):
        found, _ = self.self_attn(
            x,
            x,
            x,
            attn_mask=mask,
            key_padding_mask=padding,
            need_weights=False,
            is_causal=is_causal,
        )
        return self.dropout1(found)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to the encoder's output, two linear layers.

        x = norm1(x + attention(x));    x = norm2(x + attention(x, memory))
        x = norm3(x + linear2(activation(linear1(x))))

    Input tgt (T, N, d_model) and memory (S, N, d_model), float; output as tgt;
    arguments and the other forms as for `TransformerEncoderLayer`.

    >>> import rushlight
    >>> layer = TransformerDecoderLayer(8, 2, 16)
    >>> layer(rushlight.zeros(5, 3, 8), rushlight.zeros(7, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model,
        nhead,
        dim_feedforward=2048,
        dropout=0.1,
        activation=F.relu,
        layer_norm_eps=1e-5,
        batch_first=False,
        norm_first=False,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        place = {"bias": bias, "device": device, "dtype": dtype}
        for name in ("self_attn", "multihead_attn"):
            attention = MultiheadAttention(
                d_model, nhead, dropout, batch_first=batch_first, **place
            )
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **place)
        self.norm_first = norm_first
        for number in (1, 2, 3):
            norm = LayerNorm(d_model, layer_norm_eps, **place)
            setattr(self, f"norm{number}", norm)
        for number in (1, 2, 3):
            setattr(self, f"dropout{number}", Dropout(dropout))
        self.activation = _activation(activation)

    def forward(
        self,
        tgt,
        memory,
        tgt_mask=None,
        memory_mask=None,
        tgt_key_padding_mask=None,
        memory_key_padding_mask=None,
        tgt_is_causal=False,
        memory_is_causal=False,
    ):
        """Decode; masks as for `MultiheadAttention`'s attn_mask and key_padding_mask.

        Args:
            tgt, memory: see the class.
            tgt_mask, tgt_key_padding_mask, tgt_is_causal: of the self-attention.
            memory_mask, memory_key_padding_mask, memory_is_causal: of the attention
                to memory.
        """
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory_mask, memory_key_padding_mask, memory_is_causal)
        x = tgt
        if self.norm_first:
            x = x + self._self_attend(self.norm1(x), *own)
            x = x + self._cross_attend(self.norm2(x), memory, *other)
            return x + self.dropout3(self._feed_forward(self.norm3(x)))
        x = self.norm1(x + self._self_attend(x, *own))
        x = self.norm2(x + self._cross_attend(x, memory, *other))
        return self.norm3(x + self.dropout3(self._feed_forward(x)))

    def _self_attend(self, x, mask, padding, is_causal):
        found, _ = self.self_attn(
            x,
            x,
            x,
            attn_mask=mask,
            key_padding_mask=padding,
            is_causal=is_causal,
            need_weights=False,
        )
        return self.dropout1(found)

    def _cross_attend(self, x, memory, mask, padding, is_causal):
        found, _ = self.multihead_attn(
            x,
            memory,
            memory,
            attn_mask=mask,
            key_padding_mask=padding,
            is_causal=is_causal,
            need_weights=False,
        )
        return self.dropout2(found)
