"""Between tensors and the rest of Python: numbers, arrays, DLPack, pickle."""

from rushlight._ops.host import (
    arrays,
    container,
    copying,
    dlpack,
    mapping,
    numbers,
)
