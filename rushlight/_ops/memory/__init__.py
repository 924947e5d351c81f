"""A tensor's memory: its measures, its layout, its storage."""

from rushlight._ops.memory import (
    kinds,
    layout,
    resize,
    sharing,
    sizes,
    storage,
)
