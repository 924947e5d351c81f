"""state_dict: a module's tensors by name, and hooks around saving."""

import warnings
from collections import OrderedDict

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.guarding import GUARDS
from rushlight._core.hooks import RemovableHandle

EXTRA = "_extra_state"


class Saving:
    """A module's parameters and persistent buffers as one dictionary."""

    #: Written into the state_dict's metadata; raise it when a layer's format changes.
    _version = 1

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """All parameters and persistent buffers, by path.

        The values share memory with the module's.  The metadata attribute
        ``_metadata`` holds each module's format version.

        Args:
            destination: dict to fill; left out: a new OrderedDict.
            prefix: str, goes before all names.
            keep_vars: whether parameters come as they are, not detached.

        Returns:
            The destination.

        >>> import rushlight
        >>> list(rushlight.nn.Linear(1, 1).state_dict())
        ['weight', 'bias']
        """
        if args:
            warnings.warn(
                "state_dict(): positional arguments are deprecated; name them: "
                "destination=, prefix=, keep_vars=.",
                FutureWarning,
                stacklevel=2,
            )
            destination, prefix, keep_vars = (
                *args,
                *(destination, prefix, keep_vars)[len(args) :],
            )
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination,
                    prefix=f"{prefix}{name}.",
                    keep_vars=keep_vars,
                )
        destination = _after_saving(self, destination, prefix, metadata)
        if GUARDS.on and not prefix:
            GUARDS.see.saved_state(self, destination)
        return destination

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        """Add this module's own entries; layers with a format of their own override."""
        for name, parameter in self._parameters.items():
            if parameter is not None:
                destination[prefix + name] = (
                    parameter if keep_vars else parameter.detach()
                )
        unsaved = self._non_persistent_buffers_set
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in unsaved:
                destination[prefix + name] = buffer if keep_vars else buffer.detach()
        if _overrides(self, "get_extra_state"):
            destination[prefix + EXTRA] = self.get_extra_state()

    def get_extra_state(self):
        """What else belongs into the state_dict; override it with `set_extra_state`.

        Raises:
            RuntimeError: where the subclass did not override it.
        """
        raise ArgumentRuntimeError(_no_extra_state("get_extra_state"))

    def set_extra_state(self, state):
        """Take what `get_extra_state` returned when the state_dict was made.

        Raises:
            RuntimeError: where the subclass did not override it.
        """
        raise ArgumentRuntimeError(_no_extra_state("set_extra_state"))

    def register_state_dict_pre_hook(self, hook):
        """Call ``hook(module, prefix, keep_vars)`` before the entries are made.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        return _add(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook):
        """Call ``hook(module, state_dict, prefix, local_metadata)`` afterwards.

        The hook may change the dictionary in place and must return None.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        hook._from_public_api = True
        return _add(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook):
        """As `register_state_dict_post_hook`, but a result replaces the dictionary."""
        if getattr(hook, "_from_public_api", False):
            raise ArgumentRuntimeError(
                explain(
                    "_register_state_dict_hook()",
                    expected="a hook that is registered in one way",
                    got="one that register_state_dict_post_hook has already",
                    do="Wrap it in another function.",
                )
            )
        return _add(self._state_dict_hooks, hook)


def _after_saving(module, destination, prefix, metadata):
    for hook in module._state_dict_hooks.values():
        replaced = hook(module, destination, prefix, metadata)
        if replaced is None:
            continue
        if getattr(hook, "_from_public_api", False):
            raise ArgumentRuntimeError(
                explain(
                    "state_dict()",
                    expected="every hook to change the dictionary in place (state_dict "
                    "post-hook must return None)",
                    got=type(replaced).__name__,
                    do="Remove the return.",
                )
            )
        destination = replaced
    return destination


def _overrides(module, method):
    return getattr(type(module), method) is not getattr(Saving, method)


def _no_extra_state(method):
    return explain(
        f"Module.{method}()",
        expected="a subclass that overrides get_extra_state and set_extra_state",
        got="the code path that should never be called",
        do="Define both, or neither.",
    )


def _add(hooks, hook):
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle
