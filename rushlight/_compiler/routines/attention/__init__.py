"""Attention, ``softmax(scale Q K^T + mask) V``, as routines, forward and backward.

Read `call`, `block`, `forward`, `backward`.
"""

from rushlight._compiler.routines.attention.backward import attention_backward
from rushlight._compiler.routines.attention.call import Attention
from rushlight._compiler.routines.attention.forward import attention_forward

__all__ = ["Attention", "attention_backward", "attention_forward"]
