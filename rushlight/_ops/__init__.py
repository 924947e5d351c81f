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
    "join",
    "matmul",
    "linalg",
    "index",
    "create",
    "cast",
    "memory",
    "host",
    "random",
    "dropout",
    "loss",
    "norm",
    "conv",
    "pool",
    "recurrent",
    "embedding",
    "attention",
    "resize",
    "distance",
    "special",
    "fft",
    "statistics",
    "foreach",
)

for _family in FAMILIES:
    importlib.import_module(f"rushlight._ops.{_family}")
