"""Views: other shapes, orders and regions over the same memory."""

from rushlight._ops.view import (
    bytes,
    diagonal,
    expand,
    inplace,
    order,
    sections,
    select,
    shape,
    single,
    split,
    strided,
    unfold,
)

from rushlight._ops.view import copies  # isort: skip - copies of the others
