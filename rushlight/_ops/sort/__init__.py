"""Order: sorting, the largest, different elements, searching, counting."""

from rushlight._ops.sort import counts, order, search, top, unique
