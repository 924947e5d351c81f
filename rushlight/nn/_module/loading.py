"""load_state_dict: values by name into a module, with every mismatch listed."""

import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Mapping

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentTypeError,
    RushlightError,
    explain,
)
from rushlight._core.grad_mode import no_grad
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor
from rushlight.nn._module.state import EXTRA, _add, _overrides
from rushlight.nn.parameter import Parameter, is_lazy


class _IncompatibleKeys(
    namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])
):
    """What load_state_dict did not find, and what it had no place for."""

    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


class LoadError(RushlightError, RuntimeError):
    """A state_dict that does not fit the module; the message lists every reason."""


class Loading:
    """Reading a state_dict back into a module."""

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy parameters and buffers from a state_dict, here and below.

        Args:
            state_dict: mapping of path to tensor.
            strict: whether the names must be exactly the module's.
            assign: take the tensors themselves instead of copying their values: the
                module gets their dtype and device.

        Returns:
            A named tuple of two lists, ``missing_keys`` and ``unexpected_keys``.

        Raises:
            TypeError: for what is no mapping.
            RuntimeError: listing all missing and unexpected names (where strict) and
                all sizes that differ (always).

        >>> import rushlight
        >>> net = rushlight.nn.Linear(1, 1)
        >>> net.load_state_dict(net.state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise ArgumentTypeError(
                explain(
                    "load_state_dict()",
                    expected="a mapping (Expected state_dict to be dict-like)",
                    got=f"{type(state_dict)}",
                    do="Load a file with torch.load first.",
                )
            )
        metadata = getattr(state_dict, "_metadata", None)
        state_dict = OrderedDict(state_dict)
        if metadata is not None:
            state_dict._metadata = metadata
        if GUARDS.on:
            GUARDS.see.loading_state(self, state_dict, assign)
        run = _Load(metadata, assign)
        run.load(self, state_dict, "")
        problems = run.problems(strict)
        if problems:
            text = "\n\t".join(problems)
            name = type(self).__name__
            raise LoadError(f"Error(s) in loading state_dict for {name}:\n\t{text}")
        if GUARDS.on and not strict:
            GUARDS.see.loaded_state(self, state_dict, run.keys)
        return run.keys

    def _load_from_state_dict(
        self,
        state_dict,
        prefix,
        local_metadata,
        strict,
        missing_keys,
        unexpected_keys,
        error_msgs,
    ):
        """Take this module's own entries; a layer with another format overrides."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook.run(
                self,
                state_dict,
                prefix,
                local_metadata,
                strict,
                missing_keys,
                unexpected_keys,
                error_msgs,
            )
        assign = local_metadata.get("assign_to_params_buffers", False)
        own = _own_state(self)
        for name, tensor in own.items():
            key = prefix + name
            if key not in state_dict:
                if strict:
                    missing_keys.append(key)
                continue
            problem = _take(self, name, tensor, key, state_dict[key], assign)
            if problem is not None:
                error_msgs.append(problem)
        _take_extra(self, state_dict, prefix + EXTRA, strict, missing_keys)
        if strict:
            unexpected_keys += _unexpected(self, own, state_dict, prefix)

    def register_load_state_dict_pre_hook(self, hook):
        """Call a hook before this module's entries are read.

        It is ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
        unexpected_keys, error_msgs)`` and may change the dictionary and the lists.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        """As `register_load_state_dict_pre_hook`, without the module by default."""
        return _add(self._load_state_dict_pre_hooks, _Hook(hook, with_module))

    def register_load_state_dict_post_hook(self, hook):
        """Call ``hook(module, incompatible_keys)`` after this module was loaded.

        The hook may change the two lists in place and must return None.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        return _add(self._load_state_dict_post_hooks, hook)


class _Hook:
    """A hook, and whether it is given the module (which may be a copy's)."""

    def __init__(self, hook, with_module):
        self.hook, self.with_module = hook, with_module

    def run(self, module, *args):
        self.hook(module, *args) if self.with_module else self.hook(*args)


class _Load:
    """One run of load_state_dict over a module and those below."""

    def __init__(self, metadata, assign):
        self.metadata = {} if metadata is None else metadata
        self.assign = assign
        self.keys = _IncompatibleKeys([], [])
        self.errors = []

    def load(self, module, state_dict, prefix):
        local = self.metadata.get(prefix[:-1], {})
        if self.assign:
            local = {**local, "assign_to_params_buffers": True}
        missing, unexpected = self.keys
        module._load_from_state_dict(
            state_dict, prefix, local, True, missing, unexpected, self.errors
        )
        for name, below in module._modules.items():
            if below is not None:
                path = f"{prefix}{name}."
                part = {k: v for k, v in state_dict.items() if k.startswith(path)}
                self.load(below, part, path)
        for hook in module._load_state_dict_post_hooks.values():
            if hook(module, self.keys) is not None:
                raise ArgumentAssertionError(
                    explain(
                        "load_state_dict()",
                        expected="every post hook to change the lists in place",
                        got="a hook that returned something: hooks are not expected "
                        "to return new values",
                        do="Remove the return.",
                    )
                )

    def problems(self, strict):
        """The lines of the error, in torch's order; empty if all is well."""
        lines = []
        if strict:
            for kind, keys in zip(("Missing", "Unexpected"), self.keys, strict=True):
                names = ", ".join(f'"{key}"' for key in keys)
                lines += [f"{kind} key(s) in state_dict: {names}. "] if keys else []
        return lines + self.errors


def _own_state(module):
    """The module's own parameters and persistent buffers by name."""
    unsaved = module._non_persistent_buffers_set
    own = {k: p for k, p in module._parameters.items() if p is not None}
    own.update(
        (k, b) for k, b in module._buffers.items() if b is not None and k not in unsaved
    )
    return own


def _take(module, name, tensor, key, value, assign):
    """Put one value in its place; what is wrong with it, or None."""
    if not isinstance(value, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or '
            f"Tensor-like object from checkpoint but received {type(value)}"
        )
    lazy = is_lazy(tensor)
    if lazy and is_lazy(value):
        return None
    if not lazy and not tensor.shape and tuple(value.shape) == (1,):
        value = value[0]
    if not lazy and value.shape != tensor.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {value.shape} from "
            f"checkpoint, the shape in current model is {tensor.shape}."
        )
    if tensor.is_meta and not value.is_meta and not assign:
        warnings.warn(
            f"load_state_dict(): expected a value to copy into, got a meta parameter "
            f"in the current model for {key}: copying is a no-op. Pass assign=True.",
            stacklevel=2,
        )
    try:
        with no_grad():
            _put(module, name, tensor, value, assign)
    except Exception as error:  # noqa: BLE001 - listed with all others
        return (
            f'While copying the parameter named "{key}", whose dimensions in the model '
            f"are {tensor.shape} and whose dimensions in the checkpoint are "
            f"{value.shape}, an exception occurred : {error.args}."
        )
    return None


def _put(module, name, tensor, value, assign):
    if not assign:
        tensor.copy_(value)
        return
    if isinstance(tensor, Parameter):
        if isinstance(value, Parameter):
            value.requires_grad_(tensor.requires_grad)
        else:
            value = Parameter(value, requires_grad=tensor.requires_grad)
    setattr(module, name, value)


def _take_extra(module, state_dict, key, strict, missing_keys):
    if not _overrides(module, "set_extra_state"):
        return
    if key in state_dict:
        module.set_extra_state(state_dict[key])
    elif strict:
        missing_keys.append(key)


def _unexpected(module, own, state_dict, prefix):
    """The names below the prefix that neither the module nor its submodules have."""
    found = []
    for key in state_dict:
        if not key.startswith(prefix):
            continue
        name, dot, _ = key[len(prefix) :].partition(".")
        if dot:
            known = name in module._modules
        elif name == EXTRA:
            known = _overrides(module, "set_extra_state")
        else:
            known = name in own
        if not known:
            found.append(key)
    return found
