"""Hooks that hold for every module: `register_module_forward_hook` and its kin."""

from collections import OrderedDict

from rushlight._core.hooks import RemovableHandle


class _Everywhere:
    """The hooks by kind.

    Attributes:
        calls: holds an entry while any hook on calls is registered, so that a call
            asks one question.
    """

    __slots__ = (
        "calls",
        "forward_pre",
        "forward",
        "forward_with_kwargs",
        "forward_always",
        "backward_pre",
        "backward",
        "backward_is_full",
        "parameter_registration",
        "buffer_registration",
        "module_registration",
    )

    def __init__(self):
        for name in self.__slots__:
            setattr(self, name, OrderedDict())
        self.backward_is_full = None


EVERYWHERE = _Everywhere()


def _add(kind, hook, *extra):
    handle = RemovableHandle(kind, extra_dict=list(extra))
    kind[handle.id] = hook
    for also in extra:
        also[handle.id] = True
    return handle


def register_module_forward_pre_hook(hook):
    """Call ``hook(module, args)`` before every module's forward.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    return _add(EVERYWHERE.forward_pre, hook, EVERYWHERE.calls)


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """Call ``hook(module, args, output)`` after every module's forward.

    Args:
        with_kwargs: call ``hook(module, args, kwargs, output)``.
        always_call: call it also where forward raised.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    extra = [EVERYWHERE.calls]
    extra += [EVERYWHERE.forward_with_kwargs] if with_kwargs else []
    extra += [EVERYWHERE.forward_always] if always_call else []
    return _add(EVERYWHERE.forward, hook, *extra)


def register_module_full_backward_pre_hook(hook):
    """Call ``hook(module, grad_output)`` before gradients pass through any module.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    return _add(EVERYWHERE.backward_pre, hook, EVERYWHERE.calls)


def register_module_full_backward_hook(hook):
    """Call ``hook(module, grad_input, grad_output)`` after every module's backward.

    Returns:
        A handle whose ``remove()`` takes the hook out.

    Raises:
        RuntimeError: where hooks of the old kind are registered.
    """
    _one_kind(True)
    return _add(EVERYWHERE.backward, hook, EVERYWHERE.calls)


def register_module_backward_hook(hook):
    """Call a hook of the old kind, which sees only a module's last operation.

    Returns:
        A handle whose ``remove()`` takes the hook out.

    Raises:
        RuntimeError: where full hooks are registered.
    """
    _one_kind(False)
    return _add(EVERYWHERE.backward, hook, EVERYWHERE.calls)


def _one_kind(full):
    if EVERYWHERE.backward and EVERYWHERE.backward_is_full is not full:
        raise RuntimeError(
            "backward hooks for all modules: expected hooks of one kind, got both "
            "full and non-full ones. Use register_module_full_backward_hook for all."
        )
    EVERYWHERE.backward_is_full = full


def register_module_parameter_registration_hook(hook):
    """Call ``hook(module, name, parameter)`` whenever a parameter is registered.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    return _add(EVERYWHERE.parameter_registration, hook)


def register_module_buffer_registration_hook(hook):
    """Call ``hook(module, name, buffer)`` whenever a buffer is registered.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    return _add(EVERYWHERE.buffer_registration, hook)


def register_module_module_registration_hook(hook):
    """Call ``hook(module, name, submodule)`` whenever a submodule is registered.

    Returns:
        A handle whose ``remove()`` takes the hook out.
    """
    return _add(EVERYWHERE.module_registration, hook)
