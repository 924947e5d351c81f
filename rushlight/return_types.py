"""The named tuples that functions with several results return."""

from rushlight._ops._results import RETURN_TYPES as _classes

globals().update(_classes)
