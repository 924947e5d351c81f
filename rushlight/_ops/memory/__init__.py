"""A tensor's memory: its measures, its layout, its storage."""

from rushlight._ops.memory import (
    layout,
    resize,
    sharing,
    sizes,
    storage,
)
