"""OptimizedModule: what compile() makes of a module."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight.nn._module.compiling import compiled_module
from rushlight.nn.modules.module import Module


class OptimizedModule(Module):
    """A module that runs compiled; its parameters are the original module's.

    Attributes are the original's: reading, setting and deleting them here reaches it.
    Hooks that are registered here run here, around the compiled call.

    Attributes:
        _orig_mod: the original module.
        graph, loops, code: what it was compiled to, as text.
    """

    def __init__(self, module, given=None):
        super().__init__()
        del self.__dict__["training"]
        self._modules["_orig_mod"] = module
        object.__setattr__(self, "_given", given or {})
        self._begin()

    def _begin(self):
        compiled = compiled_module(self._orig_mod, self._given)
        object.__setattr__(self, "forward", compiled)

    @property
    def training(self):
        """Whether the original module is in training mode."""
        return self._orig_mod.training

    @training.setter
    def training(self, mode):
        self._orig_mod.training = mode

    @property
    def graph(self):
        """The graphs of all kinds of calls, forward and backward, as text."""
        return self.forward.graph

    @property
    def loops(self):
        """All kernels in the loop language, as text."""
        return self.forward.loops

    @property
    def code(self):
        """All kernels as optimised LLVM text."""
        return self.forward.code

    def explain(self, profile=False):
        """What was fused into what, what was not compiled and why.

        Args:
            profile: bool, time each piece, on random numbers.

        Returns:
            An object to print.
        """
        return self.forward.explain(profile)

    def __getattr__(self, name):
        if name in ("_modules", "_orig_mod"):  # also before __init__ has run
            return self.__dict__["_modules"]["_orig_mod"]
        return getattr(self._orig_mod, name)

    def __setattr__(self, name, value):
        if name in self.__dict__:
            object.__setattr__(self, name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __delattr__(self, name):
        delattr(self._orig_mod, name)

    def __dir__(self):
        return sorted({*super().__dir__(), *dir(self._orig_mod)})

    def __len__(self):
        if not hasattr(self._orig_mod, "__len__"):
            kind = type(self._orig_mod).__name__
            raise ArgumentTypeError(
                explain(
                    f"len() of a compiled {kind}",
                    expected="a container",
                    got=f"{kind}, which has no length",
                    do="Ask its _orig_mod.",
                )
            )
        return len(self._orig_mod)

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._begin()
