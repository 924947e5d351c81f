"""Hooks: functions that users hang on tensors and nodes, and how to remove them."""

import itertools
import weakref

_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook returns; ``remove()`` takes the hook out again.

    Args:
        hooks_dict: the dictionary that holds the hook under this handle's id.
        extra_dict: further dictionaries that hold something under the same id.
    """

    def __init__(self, hooks_dict, *, extra_dict=None):
        extra = [] if extra_dict is None else extra_dict
        self._dicts = [weakref.ref(hooks_dict)]
        self._dicts += [
            weakref.ref(d) for d in (extra if isinstance(extra, list) else [extra])
        ]
        self.id = next(_numbers)

    def remove(self):
        """Take the hook out; doing it twice is harmless."""
        for ref in self._dicts:
            hooks = ref()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self):
        return [ref() for ref in self._dicts], self.id

    def __setstate__(self, state):
        dicts, self.id = state
        self._dicts = [weakref.ref(HookDict() if d is None else d) for d in dicts]

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.remove()


class HookDict(dict):
    """A dictionary of hooks by handle id, in the order of registration."""

    __slots__ = ("__weakref__",)

    def add(self, hook):
        """Register a hook and return its handle."""
        handle = RemovableHandle(self)
        self[handle.id] = hook
        return handle


class NodeHooks:
    """The hooks of one node.

    Attributes:
        tensor: functions of the gradient of the node's output.
        before: functions of the tuple of gradients that come in.
        after: functions of (gradients going out, gradients that came in).
        retained: weak references to tensors that keep their gradient.
        accumulated: for a leaf, functions of the tensor after .grad is updated.
    """

    __slots__ = ("tensor", "before", "after", "retained", "accumulated")

    def __init__(self):
        self.tensor, self.before, self.after = HookDict(), HookDict(), HookDict()
        self.accumulated = HookDict()
        self.retained = []

    def incoming(self, gradient):
        """The gradient after the hooks that may replace it; retained where asked."""
        for hook in tuple(self.tensor.values()):
            replaced = hook(gradient)
            gradient = gradient if replaced is None else replaced
        for hook in tuple(self.before.values()):
            replaced = hook((gradient,))
            if replaced is not None:
                gradient = replaced[0] if isinstance(replaced, tuple) else replaced
        for ref in self.retained:
            tensor = ref()
            if tensor is not None:
                tensor._grad = (
                    gradient if tensor._grad is None else tensor._grad + gradient
                )
        return gradient

    def outgoing(self, gradients, came_in):
        """The gradients for the inputs after the hooks that may replace them."""
        for hook in tuple(self.after.values()):
            replaced = hook(gradients, came_in)
            gradients = gradients if replaced is None else tuple(replaced)
        return gradients
