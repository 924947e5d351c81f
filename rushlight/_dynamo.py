"""torch._dynamo's names that scripts use; compile() is in compiler.py."""

from rushlight import compiler as _compiler
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._compiler import compiled as _compiled
from rushlight._compiler.capture.sizes import Mark, mark
from rushlight._core.tensor import Tensor
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
    "maybe_mark_dynamic",
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


def mark_static(t, index=None):
    """Say that sizes of a tensor are not to be symbolic.

    Args:
        t: the tensor that a compiled function will be called with.
        index: a dimension, several, or None for all.

    >>> import rushlight
    >>> mark_static(rushlight.ones(4, 3), 1)
    """
    _mark("mark_static()", t, range(t.ndim) if index is None else index, False)


def mark_dynamic(t, index, *, hint_override=None, min=None, max=None):
    """Say that a size of a tensor is to be symbolic from the first call on.

    Args:
        t: the tensor that a compiled function will be called with.
        index: a dimension, or several.
        hint_override: None.
        min, max: what the size is at least and at most, or None.

    Raises:
        RuntimeError: where the tensor's own size is outside; later, by the compiled
            function, where it has to know the size.

    >>> import rushlight
    >>> x = rushlight.ones(4, 3)
    >>> mark_dynamic(x, 0)
    >>> compiled = rushlight.compile(lambda x: x * 2)
    >>> compiled(x).shape, compiled(rushlight.ones(9, 3)).shape
    (torch.Size([4, 3]), torch.Size([9, 3]))
    """
    who = "mark_dynamic()"
    if hint_override is not None:
        _refuse(who, "hint_override=None", hint_override, "Leave it away.")
    dims = _mark(who, t, index, True, True)
    for dim in dims:
        size = t.shape[dim]
        if (min is not None and size < min) or (max is not None and size > max):
            got = f"{size} in dimension {dim}"
            _refuse(who, f"a size from {min} to {max}", got, "Correct the bounds.")


def maybe_mark_dynamic(t, index):
    """As `mark_dynamic`; a function that has to know the size is compiled for it.

    >>> import rushlight
    >>> maybe_mark_dynamic(rushlight.ones(4, 3), 0)
    """
    _mark("maybe_mark_dynamic()", t, index, True)


def _mark(who, t, index, changes, surely=False):
    if not isinstance(t, Tensor):
        _refuse(who, "a Tensor", type(t).__name__, "Mark what the function is given.")
    index = index if isinstance(index, (list, tuple, set, range)) else (index,)
    dims = [wrap_dim(dim, t.ndim, who) for dim in index]
    for dim in dims:
        mark(t, dim, Mark(changes, surely))
    return dims


def _refuse(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


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
