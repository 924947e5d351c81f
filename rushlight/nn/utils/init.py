"""Modules without initial values."""

import inspect

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight.nn.modules.module import Module


def skip_init(module_cls, *args, **kwargs):
    """Make a module without drawing its initial values: they are undefined.

    Args:
        module_cls: a subclass of Module that takes ``device``.
        args, kwargs: for its constructor; ``device`` says where it goes.

    Returns:
        Module: an instance.

    Raises:
        RuntimeError: for what is no Module's class, or takes no ``device``.

    >>> import rushlight
    >>> skip_init(rushlight.nn.Linear, 5, 1)
    Linear(in_features=5, out_features=1, bias=True)
    """
    if not issubclass(module_cls, Module):
        raise _cannot(f"a Module's class, got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise _cannot("a class that must support a 'device' arg", module_cls)
    device = kwargs.pop("device", "cpu")
    return module_cls(*args, device="meta", **kwargs).to_empty(device=device)


def _cannot(expected, got="something else"):
    return ArgumentRuntimeError(
        explain("skip_init()", expected=expected, got=got, do="Call it directly.")
    )
