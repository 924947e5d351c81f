"""What tensors over the same memory share: the version counter and the list of views.

A tensor gets its Memory when it is first needed: by a view, by an in-place write or
by a result that is saved for backward.  No Memory means version 0 and no views.
"""


class Memory:
    """Shared by a tensor, its views and its detached aliases.

    Attributes:
        version: how many in-place writes this memory has seen.
        views: weak references to the views; a recorded in-place write gives each a
            new history.
        prune_at: the length at which dead references are dropped.
    """

    __slots__ = ("version", "views", "prune_at")

    def __init__(self):
        self.version = 0
        self.views = []
        self.prune_at = 32

    def prune(self):
        """Drop the references to views that are gone."""
        self.views = [view for view in self.views if view() is not None]
        self.prune_at = max(32, 2 * len(self.views))

    def living_views(self):
        """The views that are still alive."""
        found = [view() for view in self.views]
        return [view for view in found if view is not None]


def memory_of(tensor):
    """The tensor's Memory, made now if it has none."""
    memory = tensor._memory
    if memory is None:
        memory = tensor._memory = Memory()
    return memory


def version_of(value):
    """The version to save beside a value; None for what is no tensor."""
    try:
        memory = value._memory
    except AttributeError:
        return None
    return 0 if memory is None else memory.version
