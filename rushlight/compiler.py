"""compile(), and torch.compiler's names."""

import functools

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._compiler.compiled import Compiled
from rushlight.nn import Module

_all = []


def compile(
    model=None,
    *,
    fullgraph=False,
    dynamic=None,
    backend="inductor",
    mode=None,
    options=None,
    disable=False,
):
    """Compile a function or module: it is traced once, then runs as machine code.

    Args:
        model: a function or an `nn.Module`; left out, a decorator is returned.
        fullgraph: raise where the whole cannot be traced; else it runs uncompiled,
            with a warning that says why.
        dynamic, backend, mode, options: how torch compiles; there is one way here.
        disable: give the function back as it is.

    Returns:
        The compiled function; for a module an `OptimizedModule`, which shares its
        parameters.

    Raises:
        TypeError: for what cannot be called.

    >>> import rushlight
    >>> double = rushlight.compile(lambda x: x * 2)
    >>> double(rushlight.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    if model is None:
        return lambda function: compile(function, fullgraph=fullgraph, disable=disable)
    if not callable(model):
        raise ArgumentTypeError(
            explain(
                "compile()",
                expected="a function or an nn.Module",
                got=type(model).__name__,
                do="Pass the function itself, not its result.",
            )
        )
    if disable:
        return model
    if isinstance(model, Module):
        return OptimizedModule(model, fullgraph)
    compiled = Compiled(model, fullgraph=fullgraph)
    _all.append(compiled)
    return compiled


class OptimizedModule(Module):
    """A module that runs compiled; its parameters are the original module's.

    Attributes:
        _orig_mod: the original module.
    """

    def __init__(self, module, fullgraph=False):
        super().__init__()
        self._orig_mod = module
        self.training = module.training
        compiled = Compiled(
            module, fullgraph=fullgraph, names=lambda: _tensor_names(module)
        )
        object.__setattr__(self, "compiled", compiled)
        _all.append(compiled)

    def forward(self, *args, **kwargs):
        return self.compiled(*args, **kwargs)

    def __call__(self, *args, **kwargs):
        return self.compiled(*args, **kwargs)

    def train(self, mode=True):
        self._orig_mod.train(mode)
        self.training = mode
        return self

    def __getattr__(self, name):
        if name == "_orig_mod":
            return self._modules["_orig_mod"]
        return getattr(self._modules["_orig_mod"], name)


def _tensor_names(module):
    named = [*module.named_parameters(), *module.named_buffers()]
    return {id(tensor): name for name, tensor in named}
