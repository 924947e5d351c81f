"""Attention: the scaled dot product, and several heads of it."""

from rushlight._ops.attention import dot_product, heads
