"""Module, the base class of all networks and layers; its parts are in `nn/_module/`.

# Note [Hot attributes]
# A parameter is no plain attribute: Python looks everywhere else first, and the failed
# search costs more than a small operation.  Layers that are called most therefore look
# into `_parameters` first, and take the long way where the name is not there (a weight
# that was replaced by a computed attribute).
"""

from rushlight._base.errors import MissingAttributeError, RushlightError, explain
from rushlight.nn._module.compiling import Compiling
from rushlight.nn._module.convert import Convert
from rushlight.nn._module.everywhere import (
    EVERYWHERE,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from rushlight.nn._module.hooks import Hooks, call_with_hooks, empty_hooks
from rushlight.nn._module.loading import Loading
from rushlight.nn._module.registry import Registry
from rushlight.nn._module.running import name_running
from rushlight.nn._module.state import Saving
from rushlight.nn._module.tree import Tree

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]

_EVERY_CALL = EVERYWHERE.calls


class Module(Registry, Tree, Saving, Loading, Convert, Hooks, Compiling):
    """The base class of all networks: subclass it, make layers in ``__init__``.

    Call ``super().__init__()`` first, then assign layers and parameters as attributes;
    write ``forward``, and call the module itself.

    Attributes:
        training: bool, whether it is in training mode; see `train`.

    >>> import rushlight
    >>> class Net(rushlight.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc = rushlight.nn.Linear(3, 2)
    ...
    ...     def forward(self, x):
    ...         return self.fc(x)
    >>> Net()
    Net(
      (fc): Linear(in_features=3, out_features=2, bias=True)
    )
    """

    dump_patches = False
    #: Whether __init__ passes its arguments on to the next class in line.
    call_super_init = False

    def __init__(self, *args, **kwargs):
        if not self.call_super_init and (args or kwargs):
            raise TypeError(_unexpected(type(self).__name__, args, kwargs))
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
            **empty_hooks(),
        )
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def __call__(self, *args, **kwargs):
        own = self.__dict__
        try:
            hooked = (
                own["_forward_hooks"]
                or own["_forward_pre_hooks"]
                or own["_backward_hooks"]
                or own["_backward_pre_hooks"]
                or _EVERY_CALL
            )
        except KeyError:
            raise _not_initialised(self) from None
        try:
            if hooked:
                return call_with_hooks(self, args, kwargs)
            return self.forward(*args, **kwargs)
        except RushlightError as error:
            name_running(error, self)
            raise

    def forward(self, *args):
        """Compute the output; every subclass writes its own.

        Call the module, not this method, so that hooks run.

        Raises:
            NotImplementedError: where the subclass has none.
        """
        raise NotImplementedError(
            explain(
                f"Module [{type(self).__name__}]",
                expected="a method forward",
                got='a class that is missing the required "forward" function',
                do=f"Define it in the class, at the indentation of __init__"
                f"{_similar(type(self))}.",
            )
        )

    def extra_repr(self):
        """The text between the parentheses in the module's repr; override it."""
        return ""

    def _get_name(self):
        return type(self).__name__

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        below = [
            f"({name}): {indent(repr(module))}"
            for name, module in self._modules.items()
        ]
        return compose_repr(self._get_name(), lines, below)

    def __setstate__(self, state):
        self.__dict__.update(state)
        for name, hooks in empty_hooks().items():
            self.__dict__.setdefault(name, hooks)
        self.__dict__.setdefault("_non_persistent_buffers_set", set())


def compose_repr(name, lines, below):
    """A module's repr from its name, its own lines and those of its submodules."""
    if not lines and not below:
        return f"{name}()"
    if len(lines) == 1 and not below:
        return f"{name}({lines[0]})"
    text = "\n  ".join(lines + below)
    return f"{name}(\n  {text}\n)"


def indent(text):
    """A text whose lines after the first are indented by two blanks."""
    return text.replace("\n", "\n  ")


def _similar(kind):
    """A name of the class's own that may be a misspelt forward."""
    from difflib import get_close_matches

    own = [
        name
        for cls in kind.__mro__
        if cls is not Module and not cls.__module__.startswith("rushlight.")
        for name, value in vars(cls).items()
        if callable(value)
    ]
    near = get_close_matches("forward", own, n=1, cutoff=0.75)
    return f"; it has {near[0]}" if near else ""


def _unexpected(name, args, kwargs):
    if kwargs:
        return (
            f"{name}.__init__() got an unexpected keyword argument "
            f"'{next(iter(kwargs))}'"
        )
    return (
        f"{name}.__init__() takes 1 positional argument but {len(args) + 1} were given"
    )


def _not_initialised(module):
    name = type(module).__name__
    return MissingAttributeError(
        explain(
            name,
            expected="super().__init__() to have run",
            got=f"'{name}' object has no attribute '_forward_hooks'",
            do="Call super().__init__() at the top of __init__.",
        )
    )
