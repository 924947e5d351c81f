"""The whole transformer, from sequences to sequences."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.normalization import LayerNorm
from rushlight.nn.modules.transformer.layers import (
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)
from rushlight.nn.modules.transformer.stacks import (
    TransformerDecoder,
    TransformerEncoder,
    causal_mask,
)

__all__ = ["Transformer"]


class Transformer(Module):
    """Encoder and decoder, for sequences to sequences.

    Input src (S, N, d_model) and tgt (T, N, d_model), the batch first with
    batch_first, or none of them with N, float; output as tgt.

    Args:
        d_model: int, the width.
        nhead: int, the attention's heads.
        num_encoder_layers, num_decoder_layers: int.
        dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first,
            bias, device, dtype: as for `TransformerEncoderLayer`.
        custom_encoder, custom_decoder: Module, in place of those made here.

    Attributes:
        encoder, decoder: Module; all their matrices start Xavier-uniform.

    Raises:
        RuntimeError: for batches or widths that do not fit.

    >>> import rushlight
    >>> net = Transformer(8, 2, 1, 1, 16)
    >>> net(rushlight.zeros(7, 3, 8), rushlight.zeros(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model=512,
        nhead=8,
        num_encoder_layers=6,
        num_decoder_layers=6,
        dim_feedforward=2048,
        dropout=0.1,
        activation=F.relu,
        custom_encoder=None,
        custom_decoder=None,
        layer_norm_eps=1e-5,
        batch_first=False,
        norm_first=False,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        place = {"bias": bias, "device": device, "dtype": dtype}
        options = (d_model, nhead, dim_feedforward, dropout, activation)
        options += (layer_norm_eps, batch_first, norm_first)

        def norm():
            return LayerNorm(d_model, layer_norm_eps, **place)

        if custom_encoder is None:
            layer = TransformerEncoderLayer(*options, **place)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm())
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*options, **place)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm())
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self):
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src,
        tgt,
        src_mask=None,
        tgt_mask=None,
        memory_mask=None,
        src_key_padding_mask=None,
        tgt_key_padding_mask=None,
        memory_key_padding_mask=None,
        src_is_causal=None,
        tgt_is_causal=None,
        memory_is_causal=False,
    ):
        """Encode src, then decode tgt; masks as for the layers' forward.

        Args:
            src, tgt: see the class.
            src_mask, src_key_padding_mask, src_is_causal: of the encoder.
            tgt_mask, tgt_key_padding_mask, tgt_is_causal: of the decoder's
                self-attention.
            memory_mask, memory_key_padding_mask, memory_is_causal: of its attention
                to the encoder's output.
        """
        self._check(src, tgt)
        memory = self.encoder(
            src, src_mask, src_key_padding_mask, is_causal=src_is_causal
        )
        return self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    def _check(self, src, tgt):
        batch = 0 if self.batch_first else 1
        problem = None
        if src.dim() == 3 and src.shape[batch] != tgt.shape[batch]:
            problem = "the batch number of src and tgt must be equal"
        elif src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            problem = "the feature number of src and tgt must be equal to d_model"
        if problem is not None:
            raise ArgumentRuntimeError(
                explain(
                    "Transformer()",
                    expected=problem,
                    got=f"shapes {list(src.shape)} and {list(tgt.shape)}",
                    do=f"d_model is {self.d_model}, batch_first {self.batch_first}.",
                )
            )

    @staticmethod
    def generate_square_subsequent_mask(sz, device=None, dtype=None):
        """The causal mask: minus infinity above the diagonal, 0 elsewhere.

        Args:
            sz: int.
            device, dtype: of the mask.

        Returns:
            Tensor: (sz, sz).

        >>> Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return causal_mask(sz, device, dtype)
