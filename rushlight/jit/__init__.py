"""torch.jit: answers for scripts that ask, and decorators that leave code as it is.

There is no TorchScript here: a scripted function is the function itself, run by Python,
so its results are those of eager mode.  What only a TorchScript program could give
(tracing, saved programs) is refused.
"""

from typing import Final

from rushlight._base.errors import UnsupportedError, explain

__all__ = [
    "Final",
    "ScriptFunction",
    "ScriptModule",
    "annotate",
    "export",
    "fork",
    "freeze",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "load",
    "optimize_for_inference",
    "save",
    "script",
    "script_if_tracing",
    "script_method",
    "trace",
    "trace_module",
    "unused",
    "wait",
]


class ScriptModule:
    """The class that TorchScript's modules have in torch; nothing here is one."""


class ScriptFunction:
    """The class that TorchScript's functions have in torch; nothing here is one."""


def is_scripting():
    """Whether TorchScript is compiling this code: never.

    >>> is_scripting()
    False
    """
    return False


def is_tracing():
    """Whether TorchScript is tracing this code: never."""
    return False


def script(
    obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None, **_private
):
    """The function, class or module itself: it goes on being run by Python.

    Args:
        obj: what is to be scripted.
        optimize, example_inputs: hints to TorchScript's compiler, which is not here.

    >>> script(len)([1, 2])
    2
    """
    return obj


def script_if_tracing(fn):
    """The function itself: nothing is ever traced by TorchScript here."""
    return fn


def script_method(fn, _rcb=None):
    """The method itself."""
    return fn


def export(fn):
    """The method itself, which torch would compile with its module."""
    return fn


def interface(obj):
    """The class itself."""
    return obj


def unused(fn):
    """The method itself, which torch would leave out of a compiled module."""
    return fn


def ignore(drop=False, **kwargs):
    """The method itself, which torch would leave to Python; also ``ignore(drop=True)``.

    >>> @ignore
    ... def f():
    ...     return 1
    >>> f()
    1
    """
    if callable(drop):
        return drop
    return lambda fn: fn


def annotate(the_type, the_value):
    """The value; its type is for TorchScript's compiler."""
    return the_value


def fork(func, *args, **kwargs):
    """A call whose result `wait` gives; it is run at once, as in torch's eager mode."""
    return _Done(func(*args, **kwargs))


def wait(future):
    """The result of a `fork`."""
    return future.wait()


class _Done:
    """A call that has been made."""

    def __init__(self, result):
        self.result = result

    def wait(self):
        """The result."""
        return self.result

    def value(self):
        """The result."""
        return self.result

    def done(self):
        """True."""
        return True


def freeze(mod, preserved_attrs=None, optimize_numerics=True):
    """The module itself, which is not compiled; it has to be in evaluation mode.

    Raises:
        RuntimeError: for a module in training mode.
    """
    if mod.training:
        raise RuntimeError(
            explain(
                "jit.freeze()",
                expected="a module in evaluation mode",
                got="one in training mode",
                do="Call model.eval() first.",
            )
        )
    return mod


def optimize_for_inference(mod, other_methods=None):
    """The module itself."""
    return mod


def _refused(name, do):
    def refuse(*args, **kwargs):
        raise UnsupportedError(
            explain(
                f"jit.{name}()",
                expected="TorchScript",
                got="a library without it",
                do=do,
            )
        )

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"Not here: TorchScript's ``{name}`` raises NotImplementedError."
    return refuse


trace = _refused("trace", "Call the function itself, or torch.compile it.")
trace_module = _refused("trace_module", "Call the module itself.")
save = _refused("save", "Save model.state_dict() with torch.save.")
load = _refused("load", "Load a state_dict with torch.load into the module's code.")
