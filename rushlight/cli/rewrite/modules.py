"""`run --compile`: each module that a program calls runs compiled.

# Note [Outermost calls]
# Only calls from outside of any module are compiled: what a model calls below is part
# of it.  The first call of each kind runs as it is written (lazy layers find their
# sizes, programs print their first result); the second is traced.
"""

import sys
import weakref
from contextvars import ContextVar

from rushlight._compiler.compiled import Compiled
from rushlight._core.state import STATE
from rushlight.nn import Module
from rushlight.nn._module.compiling import tensor_names
from rushlight.nn._module.optimized import OptimizedModule

_plain = Module.__call__
_compiled = weakref.WeakKeyDictionary()
_inside = ContextVar("inside_a_module", default=False)


def compile_modules():
    """Let all modules run compiled from now on (Note [Outermost calls])."""
    Module.__call__ = _call


def _call(self, *args, **kwargs):
    if STATE.special or _inside.get():
        return _plain(self, *args, **kwargs)
    try:
        compiled = _compiled.get(self)
    except TypeError:  # a module without a hash
        return _plain(self, *args, **kwargs)
    if compiled is None:
        if isinstance(self, OptimizedModule):
            return _plain(self, *args, **kwargs)
        compiled = _compiled[self] = _made(self)
    return compiled(*args, **kwargs)


def _made(module):
    call = _Call(module)
    kind = type(module).__name__
    return Compiled(call, names=call.names, name=kind, waits=True, say=_say)


def _say(message):
    text = message.replace("rushlight.compile:", "rushlight run --compile:")
    print(text, file=sys.stderr)


class _Call:
    """A module's call; it does not keep the module alive."""

    def __init__(self, module):
        self._module = weakref.ref(module)

    @property
    def __self__(self):
        return self._module()

    def names(self):
        """{id of a tensor: its name}."""
        return tensor_names(self._module())

    def __call__(self, *args, **kwargs):
        token = _inside.set(True)
        try:
            return _plain(self._module(), *args, **kwargs)
        finally:
            _inside.reset(token)
