"""Attention: `dot_product`, with its arrays in `_weights`; `multi_head` around it."""

from rushlight._ops.attention import dot_product, multi_head
