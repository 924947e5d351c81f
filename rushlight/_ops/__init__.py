"""Floor 3, the table: every primitive, by family.

Importing this package defines all families; each attaches its methods to Tensor.
"""

import importlib

FAMILIES = (
    "arithmetic",
    "compare",
    "bitwise",
    "pointwise",
    "activation",
    "reduce",
    "scan",
    "sort",
    "view",
    "axes",
    "strided",
    "split",
    "join",
    "repeat",
    "pad",
    "matmul",
    "linalg",
    "index",
    "assign",
    "gather",
    "scatter",
    "rows",
    "masked",
    "place",
    "labels",
    "create",
    "data",
    "ranges",
    "grids",
    "cast",
    "memory",
    "host",
    "exchange",
    "random",
    "dropout",
)

for _family in FAMILIES:
    importlib.import_module(f"rushlight._ops.{_family}")
