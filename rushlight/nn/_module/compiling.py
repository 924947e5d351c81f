"""Modules that run compiled: in place (`Module.compile`), or wrapped.

# Note [Compiled in place]
# What `compile()` makes of forward stands in the instance's own `forward`, where
# `__call__` finds it; hooks run around it.  It belongs to this one instance: copies and
# pickles are made without it, as in torch.
"""

from functools import partial


class Compiling:
    """Compiling a module in place."""

    def compile(self, **options):
        """Run this module compiled from now on; its type and names stay what they are.

        Args:
            **options: as for `rushlight.compile`.

        Raises:
            RuntimeError: as `rushlight.compile`.

        >>> import rushlight
        >>> layer = rushlight.nn.Linear(2, 2)
        >>> layer.compile()
        >>> layer(rushlight.ones(1, 2)).shape
        torch.Size([1, 2])
        """
        from rushlight._compiler.options import to_arguments

        given = to_arguments(**options)
        self.__dict__.pop("forward", None)
        if given is not None:
            self.__dict__["forward"] = compiled_module(self, given, self.forward)

    def __getstate__(self):
        state = self.__dict__.copy()
        forward = state.get("forward")
        # Note [Compiled in place]; guards put theirs around hooked modules' forward
        if hasattr(forward, "explain") or hasattr(forward, "guarded"):
            del state["forward"]
        return state


def compiled_module(module, given, function=None):
    """A module as a compiled function.

    Args:
        module: Module.
        given: dict, arguments of `Compiled`.
        function: its method; by default the whole module, hooks and all.
    """
    from rushlight._compiler.compiled import Compiled, warn

    name = given.get("name") or type(module).__name__
    given = {"say": partial(warn, level=5), **given, "name": name}
    function = module if function is None else function
    return Compiled(function, names=lambda: tensor_names(module), **given)


def tensor_names(module):
    """{id of a tensor: its name}: a module's parameters and buffers."""
    named = [*module.named_parameters(), *module.named_buffers()]
    return {id(tensor): name for name, tensor in named}
