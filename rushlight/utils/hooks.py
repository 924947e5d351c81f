"""The handle that registering a hook returns."""

from rushlight._core.hooks import RemovableHandle

__all__ = ["RemovableHandle"]
