"""Layers in a row: TransformerEncoder, TransformerDecoder."""

import copy

from rushlight._core.expose import TORCH
from rushlight._core.intercept import CAPTURE
from rushlight.nn.modules.container import ModuleList
from rushlight.nn.modules.module import Module

__all__ = ["TransformerDecoder", "TransformerEncoder"]


def _copies(module, count):
    return ModuleList([copy.deepcopy(module) for _ in range(count)])


class TransformerEncoder(Module):
    """Copies of an encoder layer in a row, and a norm.

    Input and output as for the layer.

    Args:
        encoder_layer: Module; its copies start with its values.
        num_layers: int.
        norm: Module or None, behind the last layer.
        enable_nested_tensor, mask_check: of PyTorch's fast path, which there is none
            of here: they have no effect.

    Differs:
        PyTorch's fast path, in evaluation mode without gradients, leaves zeros where
        src_key_padding_mask is True; here these places are computed as in training.

    >>> import rushlight
    >>> layer = rushlight.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    >>> TransformerEncoder(layer, 2)(rushlight.zeros(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    __constants__ = ["norm"]

    def __init__(
        self,
        encoder_layer,
        num_layers,
        norm=None,
        enable_nested_tensor=True,
        mask_check=True,
    ):
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=None):
        """Encode; arguments as for the layer's forward.

        Args:
            is_causal: says that mask is the causal mask; left out: it is looked at.
        """
        causal = _is_causal(mask, is_causal)
        for layer in self.layers:
            src = layer(
                src,
                src_mask=mask,
                src_key_padding_mask=src_key_padding_mask,
                is_causal=causal,
            )
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Copies of a decoder layer in a row, and a norm.

    Input and output as for the layer.

    Args:
        decoder_layer: Module; its copies start with its values.
        num_layers: int.
        norm: Module or None, behind the last layer.

    >>> import rushlight
    >>> layer = rushlight.nn.TransformerDecoderLayer(8, 2, 16)
    >>> decoder = TransformerDecoder(layer, 2)
    >>> decoder(rushlight.zeros(5, 3, 8), rushlight.zeros(7, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    __constants__ = ["norm"]

    def __init__(self, decoder_layer, num_layers, norm=None):
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt,
        memory,
        tgt_mask=None,
        memory_mask=None,
        tgt_key_padding_mask=None,
        memory_key_padding_mask=None,
        tgt_is_causal=None,
        memory_is_causal=False,
    ):
        """Decode; arguments as for the layer's forward.

        Args:
            tgt_is_causal: says that tgt_mask is the causal mask; left out: it is
                looked at.
        """
        causal = _is_causal(tgt_mask, tgt_is_causal)
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask,
                memory_mask,
                tgt_key_padding_mask,
                memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


def _is_causal(mask, said):
    """Whether a mask is the causal one: as said, or by comparing."""
    if said is not None or mask is None:
        return bool(said)
    size = mask.shape[-1]
    if mask.dim() != 2 or mask.shape[0] != size or CAPTURE.get() is not None:
        return False  # no values are known in a capture, and the mask says the same
    causal = causal_mask(
        size, device=mask.device, dtype=mask.dtype if mask.is_floating_point() else None
    )
    return mask.is_floating_point() and bool((mask == causal).all())


def causal_mask(size, device=None, dtype=None):
    """Minus infinity above the diagonal, 0 elsewhere: (size, size)."""
    full = TORCH["full"]((size, size), float("-inf"), dtype=dtype, device=device)
    return full.triu(1)
