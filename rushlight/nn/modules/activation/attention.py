"""MultiheadAttention."""

from rushlight._base.errors import ArgumentAssertionError, ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.linear import NonDynamicallyQuantizableLinear
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Attention of several heads, with its projections.

        y = concat_h(softmax(Q_h K_h^T / sqrt(d)) V_h) W_o^T + b_o

    Input query (L, N, E), key (S, N, kdim), value (S, N, vdim), the batch first with
    batch_first, or none of them with N, float.  Output: y as the query, and the
    weights (N, L, S), averaged over the heads, or None.

    Args:
        embed_dim: int, E.
        num_heads: int, which divides E; d is E / num_heads.
        dropout: float, on the attention weights while training.
        bias: whether the projections have one.
        add_bias_kv: whether one key and value that are learned are added.
        add_zero_attn: whether a key and value of zeros is added.
        kdim, vdim: int, the sizes of keys and values; left out: E.
        batch_first: whether the batch is the first dimension.
        device, dtype: of the parameters.

    Attributes:
        in_proj_weight: (3 E, E), for query, key and value; or q_proj_weight,
            k_proj_weight and v_proj_weight where kdim or vdim differ; Xavier-uniform.
        in_proj_bias: (3 E,) or None; starts at 0.
        out_proj: Linear.
        bias_k, bias_v: (1, 1, E) or None; Xavier-normal.

    Raises:
        AssertionError: where the heads do not divide E.

    See:
        Vaswani and others, "Attention is all you need", NeurIPS 2017.

    >>> import rushlight
    >>> x = rushlight.zeros(5, 2, 8)
    >>> y, weights = MultiheadAttention(8, 2)(x, x, x)
    >>> y.shape, weights.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 5, 5]))
    """

    __constants__ = ["batch_first"]

    def __init__(
        self,
        embed_dim,
        num_heads,
        dropout=0.0,
        bias=True,
        add_bias_kv=False,
        add_zero_attn=False,
        kdim=None,
        vdim=None,
        batch_first=False,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self._check_heads()
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn
        self._make_parameters(bias, add_bias_kv, {"device": device, "dtype": dtype})
        self._reset_parameters()

    def _check_heads(self):
        width, heads = self.embed_dim, self.num_heads
        who = "MultiheadAttention()"
        if width <= 0 or heads <= 0:
            expected = "embed_dim and num_heads must be greater than 0"
            got, do = f"embed_dim={width} and num_heads={heads}", "Use 1 or more."
            raise ArgumentError(explain(who, expected=expected, got=got, do=do))
        if width % heads:
            expected = f"embed_dim must be divisible by num_heads ({heads})"
            do = "Choose a multiple."
            raise ArgumentAssertionError(
                explain(who, expected=expected, got=width, do=do)
            )

    def _make_parameters(self, bias, add_bias_kv, place):
        width = self.embed_dim
        same = self._qkv_same_embed_dim
        for name, size in (("q", width), ("k", self.kdim), ("v", self.vdim)):
            weight = None if same else empty_parameter(width, size, **place)
            self.register_parameter(f"{name}_proj_weight", weight)
        weight = empty_parameter(3 * width, width, **place) if same else None
        self.register_parameter("in_proj_weight", weight)
        in_bias = empty_parameter(3 * width, **place) if bias else None
        self.register_parameter("in_proj_bias", in_bias)
        self.out_proj = NonDynamicallyQuantizableLinear(
            width, width, bias=bias, **place
        )
        for name in ("bias_k", "bias_v"):
            extra = empty_parameter(1, 1, width, **place) if add_bias_kv else None
            setattr(self, name, extra)

    def _reset_parameters(self):
        if self._qkv_same_embed_dim:
            init.xavier_uniform_(self.in_proj_weight)
        else:
            for name in "qkv":
                init.xavier_uniform_(getattr(self, f"{name}_proj_weight"))
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
        is_causal=False,
    ):
        """Attend; see the class, and `nn.functional.multi_head_attention_forward`.

        Args:
            key_padding_mask: (N, S), True (or minus infinity) leaves a key out.
            need_weights: whether the weights come too.
            attn_mask: (L, S) or (N num_heads, L, S), likewise for pairs.
            average_attn_weights: whether the weights are averaged over the heads.
            is_causal: says that attn_mask is the causal mask.
        """
        turn = self.batch_first and query.dim() == 3
        if turn:
            query, key, value = _batch_second(query, key, value)
        output, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return (output.transpose(0, 1) if turn else output), weights


def _batch_second(query, key, value):
    """Swap the first two dimensions; what was one tensor stays one."""
    turned = {id(t): t.transpose(0, 1) for t in (query, key, value)}
    return (turned[id(t)] for t in (query, key, value))
