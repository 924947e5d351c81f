"""What a module holds: how parameters, buffers and submodules come in and go out."""

from rushlight._base.errors import (
    ArgumentError,
    ArgumentKeyError,
    ArgumentTypeError,
    MissingAttributeError,
    explain,
)
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor
from rushlight.nn._module.everywhere import EVERYWHERE
from rushlight.nn.parameter import Buffer, Parameter

# Values of these types are never parameters, buffers or modules.
_PLAIN = frozenset((bool, int, float, str, type(None), tuple, list, dict, set))
_REGISTERS = ("_parameters", "_buffers", "_modules")


class Registry:
    """Parameters, buffers and submodules by name, beside plain attributes.

    They live in ``_parameters``, ``_buffers`` and ``_modules``; assigning an attribute
    puts a value into the one that fits.
    """

    def register_parameter(self, name, param):
        """Add a parameter under a name; None keeps the name's place.

        Args:
            name: str without dots.
            param: Parameter or None.

        Raises:
            AttributeError: before ``Module.__init__``.
            KeyError: for a name that is taken, empty or has dots.
            TypeError: for another type of name or value.
            ValueError: for the result of a recorded operation.
        """
        own = _register_of(self, "_parameters", "parameter")
        _check_name(self, "parameter", name, own)
        if param is not None:
            _check_parameter(self, name, param)
            for hook in EVERYWHERE.parameter_registration.values():
                replaced = hook(self, name, param)
                param = param if replaced is None else replaced
        own[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Add a buffer: a tensor that moves and is saved with the module, untrained.

        Args:
            name: str without dots.
            tensor: Tensor, any dtype, or None, which keeps the name's place.
            persistent: whether it is part of ``state_dict``.

        Raises:
            AttributeError: before ``Module.__init__``.
            KeyError: for a name that is taken, empty or has dots.
            TypeError: for another type of name or value.
        """
        own = _register_of(self, "_buffers", "buffer")
        _check_name(self, "buffer", name, own)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise _not_assignable(self, name, tensor, "buffer", "torch Tensor")
        for hook in EVERYWHERE.buffer_registration.values():
            replaced = hook(self, name, tensor)
            tensor = tensor if replaced is None else replaced
        own[name] = tensor
        unsaved = self._non_persistent_buffers_set
        (unsaved.discard if persistent else unsaved.add)(name)

    def add_module(self, name, module):
        """Add a submodule under a name; None keeps the name's place.

        Args:
            name: str without dots.
            module: Module or None.

        Raises:
            KeyError: for a name that is taken, empty or has dots.
            TypeError: for another type of name or value.
        """
        if not isinstance(module, Registry) and module is not None:
            raise ArgumentTypeError(
                explain(
                    f"{_who(self)}.add_module()",
                    expected="a Module or None",
                    got=f"{type(module).__name__} is not a Module subclass",
                    do="Wrap the function or value in a Module.",
                )
            )
        own = _register_of(self, "_modules", "module")
        _check_name(self, "module", name, own)
        _put_module(self, own, name, module)

    def register_module(self, name, module):
        """Another name of `add_module`."""
        self.add_module(name, module)

    # -- attributes ------------------------------------------------------------------

    def __setattr__(self, name, value):
        own = self.__dict__
        parameters = own.get("_parameters")
        plain = value.__class__ in _PLAIN
        if not plain and isinstance(value, Parameter):
            _register_of(self, "_parameters", "parameters")
            _forget(self, name, except_in="_parameters")
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise _not_assignable(self, name, value, "parameter", "nn.Parameter")
            self.register_parameter(name, None)
        elif not plain and isinstance(value, Registry):
            modules = _register_of(self, "_modules", "module")
            _forget(self, name, except_in="_modules")
            _put_module(self, modules, name, value)
        elif name in own.get("_modules", ()):
            if value is not None:
                raise _not_assignable(self, name, value, "child module", "nn.Module")
            _put_module(self, own["_modules"], name, None)
        elif name in own.get("_buffers", ()) or (
            not plain and isinstance(value, Buffer)
        ):
            _set_buffer(self, name, value)
        else:
            if name not in own and GUARDS.on:
                GUARDS.see.attribute(self, name, value)
            object.__setattr__(self, name, value)

    def __getattr__(self, name):
        own = self.__dict__
        try:
            if name in own["_parameters"]:
                return own["_parameters"][name]
            if name in own["_buffers"]:
                return own["_buffers"][name]
            if name in own["_modules"]:
                return own["_modules"][name]
        except KeyError:  # before Module.__init__
            pass
        raise AttributeError(
            f"'{type(self).__name__}' object has no attribute '{name}'",
            name=name,
            obj=self,
        )

    def __delattr__(self, name):
        for register in _REGISTERS:
            if name in self.__dict__.get(register, ()):
                del self.__dict__[register][name]
                if register == "_buffers":
                    self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self):
        names = {*dir(type(self)), *self.__dict__}
        for register in _REGISTERS:
            names.update(self.__dict__.get(register, ()))
        return sorted(name for name in names if not name[:1].isdigit())


def _who(module):
    return type(module).__name__


def _register_of(module, register, kind):
    found = module.__dict__.get(register)
    if found is None:
        raise MissingAttributeError(
            explain(
                _who(module),
                expected="super().__init__() first",
                got=f"an assignment before it: cannot assign {kind} before "
                "Module.__init__() call",
                do="Call super().__init__() at the top of __init__.",
            )
        )
    return found


def _check_name(module, kind, name, own):
    """Refuse a name that cannot be reached as an attribute or in a state_dict."""
    if not isinstance(name, str):
        raise ArgumentTypeError(
            explain(
                f"{_who(module)}: {kind} name",
                expected="a string",
                got=f"{name!r} ({type(name).__name__})",
                do="Pass str(name).",
            )
        )
    if name in own:
        return
    if hasattr(module, name):
        problem = f"attribute '{name}' already exists"
    elif "." in name:
        problem = f'{name!r}: {kind} name can\'t contain "."'
    elif not name:
        problem = f'{kind} name can\'t be empty string ""'
    else:
        return
    raise ArgumentKeyError(
        explain(
            f"{_who(module)}: {kind} name",
            expected="a free name without dots",
            got=problem,
            do="Choose another name.",
        )
    )


def _check_parameter(module, name, value):
    if not isinstance(value, Parameter):
        raise _not_assignable(module, name, value, "parameter", "nn.Parameter")
    if value.grad_fn is not None:
        raise ArgumentError(
            explain(
                f"{_who(module)}.{name}",
                expected="a leaf as the parameter",
                got=f"cannot assign non-leaf Tensor, the result of {value.grad_fn}",
                do="Wrap it in torch.nn.Parameter, or compute it in forward().",
            )
        )


def _not_assignable(module, name, value, place, wanted):
    return ArgumentTypeError(
        explain(
            f"{_who(module)}.{name}",
            expected=f"{wanted} or None",
            got=f"a value of another type: cannot assign '{type(value).__name__}' as "
            f"{place} '{name}'",
            do=f"Wrap it, or `del module.{name}` first.",
        )
    )


def _put_module(module, modules, name, value):
    for hook in EVERYWHERE.module_registration.values():
        replaced = hook(module, name, value)
        value = value if replaced is None else replaced
    modules[name] = value


def _set_buffer(module, name, value):
    buffers = _register_of(module, "_buffers", "buffer")
    if value is not None and not isinstance(value, Tensor):
        raise _not_assignable(module, name, value, "buffer", "Tensor")
    if isinstance(value, Buffer):
        _forget(module, name, except_in="_buffers")
        module.register_buffer(name, value, value.persistent)
        return
    for hook in EVERYWHERE.buffer_registration.values():
        replaced = hook(module, name, value)
        value = value if replaced is None else replaced
    buffers[name] = value


def _forget(module, name, except_in):
    """Remove a name from every place but one: it is to live there."""
    module.__dict__.pop(name, None)
    for register in _REGISTERS:
        if register != except_in:
            module.__dict__.get(register, {}).pop(name, None)
    if except_in != "_buffers":
        module._non_persistent_buffers_set.discard(name)
