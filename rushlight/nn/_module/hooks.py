"""Hooks around a module's calls: forward, backward, and the order in which they run."""

import warnings
from collections import OrderedDict
from functools import partial

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.guarding import GUARDS
from rushlight._core.hooks import RemovableHandle
from rushlight._core.tensor import Tensor
from rushlight.nn._module.backward import BackwardHooks
from rushlight.nn._module.everywhere import EVERYWHERE


class Hooks:
    """Registering a module's hooks."""

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """Call ``hook(module, args)`` before forward; what it returns replaces args.

        Args:
            hook: callable.
            prepend: whether it runs before the module's hooks so far.
            with_kwargs: call ``hook(module, args, kwargs)``, which returns None or
                ``(args, kwargs)``.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        also = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        handle = _add(self._forward_pre_hooks, hook, prepend, also)
        if GUARDS.on:
            GUARDS.see.hooked(self)
        return handle

    def register_forward_hook(
        self, hook, *, prepend=False, with_kwargs=False, always_call=False
    ):
        """Call ``hook(module, args, output)`` after forward.

        What it returns, unless None, replaces the output.

        Args:
            hook: callable.
            prepend: whether it runs before the module's hooks so far.
            with_kwargs: call ``hook(module, args, kwargs, output)``.
            always_call: call it also where forward raised.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        also = [self._forward_hooks_with_kwargs] if with_kwargs else []
        also += [self._forward_hooks_always_called] if always_call else []
        handle = _add(self._forward_hooks, hook, prepend, also)
        if GUARDS.on:
            GUARDS.see.hooked(self)
        return handle

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """Call ``hook(module, grad_output)`` before gradients pass through the module.

        Args:
            hook: callable; what it returns, unless None, replaces the gradients of the
                outputs.
            prepend: whether it runs before the module's hooks so far.

        Returns:
            A handle whose ``remove()`` takes the hook out.
        """
        return _add(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook, prepend=False):
        """Call ``hook(module, grad_input, grad_output)`` when both are known.

        Args:
            hook: callable; what it returns, unless None, replaces the gradients of the
                positional inputs (None for those that are no tensors).
            prepend: whether it runs before the module's hooks so far.

        Returns:
            A handle whose ``remove()`` takes the hook out.

        Raises:
            RuntimeError: where hooks of the old kind are registered.
        """
        self._set_backward_kind(True)
        return _add(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook):
        """Call a hook of the old kind, which sees only the module's last operation.

        Returns:
            A handle whose ``remove()`` takes the hook out.

        Raises:
            RuntimeError: where full hooks are registered.
        """
        self._set_backward_kind(False)
        return _add(self._backward_hooks, hook, False)

    def _set_backward_kind(self, full):
        if self._is_full_backward_hook is (not full):
            raise ArgumentRuntimeError(
                explain(
                    f"{type(self).__name__}: backward hooks",
                    expected="hooks of one kind",
                    got="both register_backward_hook and register_full_backward_hook",
                    do="Use register_full_backward_hook for all; remove the others.",
                )
            )
        self._is_full_backward_hook = full


def empty_hooks():
    """The fields of a module without hooks."""
    return {
        "_backward_pre_hooks": OrderedDict(),
        "_backward_hooks": OrderedDict(),
        "_is_full_backward_hook": None,
        "_forward_hooks": OrderedDict(),
        "_forward_hooks_with_kwargs": OrderedDict(),
        "_forward_hooks_always_called": OrderedDict(),
        "_forward_pre_hooks": OrderedDict(),
        "_forward_pre_hooks_with_kwargs": OrderedDict(),
        "_state_dict_hooks": OrderedDict(),
        "_state_dict_pre_hooks": OrderedDict(),
        "_load_state_dict_pre_hooks": OrderedDict(),
        "_load_state_dict_post_hooks": OrderedDict(),
    }


def _add(hooks, hook, prepend, also=()):
    handle = RemovableHandle(hooks, extra_dict=list(also))
    hooks[handle.id] = hook
    for marks in also:
        marks[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def call_with_hooks(module, args, kwargs):
    """Run a module's forward with all its hooks, and those of every module."""
    run = _Call(module, args, kwargs)
    if not (EVERYWHERE.forward_always or module._forward_hooks_always_called):
        return run.all()
    try:
        return run.all()
    except Exception:
        run.always_called()
        raise


class _Call:
    """One call of a module on its way through the hooks."""

    def __init__(self, module, args, kwargs):
        self.module, self.args, self.kwargs = module, args, kwargs
        self.result = None
        self.called = set()

    def all(self):
        module = self.module
        for key, hook in _both(EVERYWHERE.forward_pre, module._forward_pre_hooks):
            self.before(key, hook)
        full, old, backward_pre = _backward_hooks(module)
        backward = None
        if full or backward_pre:
            backward = BackwardHooks(module, full, backward_pre)
            self.args = backward.around_inputs(self.args)
        self.result = module.forward(*self.args, **self.kwargs)
        for key, hook in _both(EVERYWHERE.forward, module._forward_hooks):
            replaced = self.after(key, hook)
            self.result = self.result if replaced is None else replaced
        if backward is not None:
            self.result = backward.around_outputs(self.result)
        if old:
            _hook_last_operation(module, self.result, old)
        return self.result

    def before(self, key, hook):
        if key not in self.module._forward_pre_hooks_with_kwargs:
            replaced = hook(self.module, self.args)
            if replaced is not None:
                self.args = replaced if isinstance(replaced, tuple) else (replaced,)
            return
        replaced = hook(self.module, self.args, self.kwargs)
        if replaced is None:
            return
        if not isinstance(replaced, tuple) or len(replaced) != 2:
            raise ArgumentRuntimeError(
                explain(
                    "forward pre-hook with kwargs",
                    expected="None or a tuple of (new_args, new_kwargs)",
                    got=repr(replaced),
                    do="Return both.",
                )
            )
        self.args, self.kwargs = replaced

    def after(self, key, hook):
        module = self.module
        self.called.add(key)
        if (
            key in module._forward_hooks_with_kwargs
            or key in EVERYWHERE.forward_with_kwargs
        ):
            return hook(module, self.args, self.kwargs, self.result)
        return hook(module, self.args, self.result)

    def always_called(self):
        """After an error: the hooks that wanted to run whatever happens."""
        marked = {
            *EVERYWHERE.forward_always,
            *self.module._forward_hooks_always_called,
        }
        for key, hook in _both(EVERYWHERE.forward, self.module._forward_hooks):
            if key not in marked or key in self.called:
                continue
            try:
                replaced = self.after(key, hook)
            except Exception as error:  # noqa: BLE001 - the first error counts
                warnings.warn(
                    f"forward hook with always_call=True: expected it to pass, got "
                    f"{error!r}, silenced as another error was raised in forward.",
                    stacklevel=4,
                )
                continue
            self.result = self.result if replaced is None else replaced


def _both(everywhere, own):
    """Hooks of all modules, then this one's; a snapshot, as hooks may remove hooks."""
    return [*everywhere.items(), *own.items()]


def _backward_hooks(module):
    """(full, old, pre): this call's backward hooks by kind."""
    pre = [*EVERYWHERE.backward_pre.values(), *module._backward_pre_hooks.values()]
    full, old = [], []
    if EVERYWHERE.backward:
        kind = full if EVERYWHERE.backward_is_full else old
        kind += EVERYWHERE.backward.values()
    if module._backward_hooks:
        kind = full if module._is_full_backward_hook else old
        kind += module._backward_hooks.values()
    return full, old, pre


def _hook_last_operation(module, result, hooks):
    while not isinstance(result, Tensor):
        if isinstance(result, dict):
            result = next(v for v in result.values() if isinstance(v, Tensor))
        else:
            result = result[0]
    node = result.grad_fn
    if node is not None:
        for hook in hooks:
            node.register_hook(partial(hook, module))
