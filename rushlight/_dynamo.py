"""torch._dynamo's names that scripts use; compile() is in compiler.py."""

from rushlight import compiler as _compiler
from rushlight._compiler import compiled as _compiled
from rushlight.compiler import (
    OptimizedModule,
    allow_in_graph,
    assume_constant_result,
    disable,
    list_backends,
    reset,
)

__all__ = [
    "OptimizedModule",
    "allow_in_graph",
    "assume_constant_result",
    "config",
    "disable",
    "is_compiling",
    "list_backends",
    "mark_dynamic",
    "mark_static",
    "mark_static_address",
    "reset",
]


def is_compiling():
    """Whether the function that asks is being traced by compile().

    >>> is_compiling()
    False
    """
    return _compiler.is_compiling()


def mark_static_address(t, guard=True):
    """Say that a tensor stays where it is in memory, as all of a plan's inputs may."""


def mark_static(t, index=None, **bounds):
    """Say that a size does not change: each set of sizes is compiled for itself."""


def mark_dynamic(t, index, **bounds):
    """Say that a size changes: each set of sizes is compiled for itself."""


class _Config:
    """The settings that have a meaning here; others cannot be set.

    Attributes:
        cache_size_limit, recompile_limit: one number, how many kinds of calls a
            function is compiled for.
    """

    __slots__ = ()

    @property
    def recompile_limit(self):
        return _compiled.MOST_ENTRIES

    @recompile_limit.setter
    def recompile_limit(self, count):
        _compiled.MOST_ENTRIES = count

    cache_size_limit = recompile_limit


config = _Config()
