"""Parameters computed from others: torch.nn.utils.parametrize's names.

# Note [Parametrized modules]
# `register_parametrization(module, "weight", f)` moves the weight to
# ``module.parametrizations.weight.original`` and gives the module a class of its own, a
# subclass of the old one with a property "weight": reading it computes ``f(original)``,
# writing it stores what ``f.right_inverse`` makes of the value.
"""

import copyreg
from collections.abc import Sequence
from contextlib import contextmanager
from copy import deepcopy

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.container import ModuleDict, ModuleList
from rushlight.nn.parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]


class _Cache:
    """Values of parametrized tensors while `cached` is on."""

    def __init__(self):
        self.depth, self.values = 0, {}


_CACHE = _Cache()


@contextmanager
def cached():
    """Compute each parametrized tensor once for the length of a block.

    >>> import rushlight
    >>> layer = rushlight.nn.utils.parametrizations.weight_norm(
    ...     rushlight.nn.Linear(2, 2)
    ... )
    >>> with cached():
    ...     layer.weight is layer.weight
    True
    """
    _CACHE.depth += 1
    try:
        yield
    finally:
        _CACHE.depth -= 1
        if not _CACHE.depth:
            _CACHE.values = {}


def _refuse(who, expected, got, kind=ArgumentError, do="Change the parametrization."):
    raise kind(explain(who, expected=expected, got=got, do=do))


def _same_kind(who, value, like, what):
    """Refuse a value that is no Tensor, or of another dtype or shape.

    Raises:
        ValueError: for those.
    """
    if not isinstance(value, Tensor):
        got = f"A {what} must return a tensor. Got {type(value).__name__}"
        _refuse(who, "a Tensor", got)
    for name in ("dtype", "shape"):
        mine, wanted = getattr(value, name), getattr(like, name)
        if mine != wanted:
            _refuse(
                who,
                f"{name} {wanted}",
                f"{mine}: a {what} may not change the {name} of the tensor, unless "
                "`unsafe` is on",
            )


def _register(module, name, tensor):
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _put(tensor, value):
    """Give a tensor another value, keeping the object, which the optimizer knows."""
    with no_grad():
        tensor.data = value.detach()


def _inverted(modules, value, strict):
    """What the right inverses, last first, make of a value."""
    for module in reversed(list(modules)):
        if hasattr(module, "right_inverse"):
            try:
                value = module.right_inverse(value)
            except NotImplementedError:
                if strict:
                    raise
        elif strict:
            _refuse(
                type(module).__name__,
                "a method right_inverse",
                f"parametrization {type(module).__name__} does not implement "
                "right_inverse",
                ArgumentRuntimeError,
                "Write it, or assign to the original.",
            )
    return value


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and the tensor (or tensors) they start from.

    Args:
        modules: sequence of Modules; the first gets the original.
        original: Tensor or Parameter, the value before.
        unsafe: whether dtype and shape may change.

    Raises:
        ValueError: for no modules, or one that changes dtype or shape.
    """

    def __init__(self, modules, original, unsafe=False):
        if len(modules) == 0:
            _refuse(
                "ParametrizationList()",
                "one or more modules",
                "none",
                do="Pass the parametrization.",
            )
        super().__init__(modules)
        self.unsafe = unsafe
        before = original.detach()
        with no_grad():
            new = _inverted(self, original, strict=False)
        if not isinstance(new, (Tensor, Sequence)):
            _refuse(
                "right_inverse()",
                "a Tensor or a Sequence of tensors",
                type(new).__name__,
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            self._take_one(original, new)
        else:
            self._take_several(original, new)
        if not unsafe:
            _same_kind("register_parametrization()", self(), before, "parametrization")

    def _take_one(self, original, new):
        for name in ("dtype", "device"):
            mine, wanted = getattr(new, name), getattr(original, name)
            if mine != wanted:
                _refuse(
                    "right_inverse()",
                    f"one tensor of {name} {wanted}",
                    f"{mine}: it may not change the {name}",
                )
        if new is not original:
            _put(original, new)
        _register(self, "original", original)

    def _take_several(self, original, new):
        for number, tensor in enumerate(new):
            if not isinstance(tensor, Tensor):
                got = f"element {number}: {type(tensor).__name__}"
                _refuse("right_inverse()", "a Sequence of tensors", got)
            if isinstance(original, Parameter):
                tensor = Parameter(tensor, original.requires_grad)
            tensor.requires_grad_(original.requires_grad)
            _register(self, f"original{number}", tensor)

    def right_inverse(self, value):
        """Store what the right inverses make of a value.

        Args:
            value: Tensor, as the parametrized one.

        Raises:
            RuntimeError: where a parametrization has none.
            ValueError: where one gives another kind of value.
        """
        with no_grad():
            value = _inverted(self, value, strict=True)
        if self.is_tensor:
            value = (value,)
            names = ["original"]
        else:
            names = [f"original{i}" for i in range(self.ntensors)]
        if not isinstance(value, Sequence) or len(value) != len(names):
            got = len(value) if isinstance(value, Sequence) else type(value).__name__
            _refuse("right_inverse()", f"a sequence of {len(names)} tensors", got)
        for name, tensor in zip(names, value, strict=True):
            if not isinstance(tensor, Tensor):
                _refuse("right_inverse()", "a tensor", type(tensor).__name__)
            own = getattr(self, name)
            if tensor.dtype != own.dtype:
                _refuse("right_inverse()", f"dtype {own.dtype}", tensor.dtype)
            _put(own, tensor)

    def forward(self):
        """The parametrized tensor."""
        first, *rest = self
        if self.is_tensor:
            value = first(self.original)
        else:
            value = first(
                *[getattr(self, f"original{i}") for i in range(self.ntensors)]
            )
        for module in rest:
            value = module(value)
        return value


# ------------------------------------------------------------------ the module's class


def _copy_object(self, memo):
    """A deep copy as it is made of classes without __deepcopy__."""
    found = memo.get(id(self))
    if found is None:
        found = memo[id(self)] = self.__new__(type(self))
        found.__dict__ = deepcopy(self.__dict__, memo)
        for slot in copyreg._slotnames(type(self)):
            if hasattr(self, slot):
                setattr(found, slot, deepcopy(getattr(self, slot), memo))
    return found


def _refuse_pickling(self):
    _refuse(
        type(self).__name__,
        "its state_dict() to be saved",
        "Serialization of parametrized modules is only supported through state_dict()",
        ArgumentRuntimeError,
        "Save module.state_dict().",
    )


def _give_class(module):
    """Give a module a class of its own (Note [Parametrized modules])."""
    old = type(module)
    members = {"__getstate__": _refuse_pickling}
    if not hasattr(old, "__deepcopy__"):
        members["__deepcopy__"] = _copy_object
    module.__class__ = type(f"Parametrized{old.__name__}", (old,), members)


def _give_property(module, name):
    def compute(self):
        parametrization = self.parametrizations[name]
        if not _CACHE.depth:
            return parametrization()
        key = id(parametrization)
        if key not in _CACHE.values:
            _CACHE.values[key] = parametrization()
        return _CACHE.values[key]

    def assign(self, value):
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """Compute a parameter or buffer of a module from what is stored.

    Args:
        module: Module.
        tensor_name: the name of the parameter or buffer; one that is parametrized gets
            one more parametrization, on top of the others.
        parametrization: Module: stored value -> value; its method ``right_inverse``,
            if any, goes back.
        unsafe: do not check that dtype and shape stay.

    Returns:
        Module: the same.

    Raises:
        ValueError: for another name, or a parametrization that changes dtype or shape.

    >>> import rushlight
    >>> class Symmetric(rushlight.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).t()
    >>> layer = rushlight.nn.Linear(3, 3)
    >>> register_parametrization(layer, "weight", Symmetric())
    ParametrizedLinear(
      in_features=3, out_features=3, bias=True
      (parametrizations): ModuleDict(
        (weight): ParametrizationList(
          (0): Symmetric()
        )
      )
    )
    >>> bool((layer.weight == layer.weight.t()).all())
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_addition(module, tensor_name, parametrization)
        own = module.parametrizations[tensor_name]
        own.append(parametrization)
        own.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        own = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_class(module)
            module.parametrizations = ModuleDict()
        _give_property(module, tensor_name)
        module.parametrizations[tensor_name] = own
    else:
        _refuse(
            "register_parametrization()",
            f"a parameter, a buffer, or a parametrized element '{tensor_name}'",
            f"Module '{module}' does not have one",
            do="Check the name.",
        )
    return module


def _check_addition(module, name, parametrization):
    """Refuse one more parametrization that changes dtype or shape, or its inverse."""
    value = getattr(module, name)
    result = parametrization(value)
    _same_kind("register_parametrization()", result, value, "parametrization")
    if hasattr(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(result)
        except NotImplementedError:
            return
        _same_kind("right_inverse()", back, value, "right_inverse")


def is_parametrized(module, tensor_name=None):
    """Whether a module has parametrized tensors, or this one.

    >>> import rushlight
    >>> is_parametrized(rushlight.nn.Linear(2, 2))
    False
    """
    own = getattr(module, "parametrizations", None)
    if not isinstance(own, ModuleDict):
        return False
    return len(own) > 0 if tensor_name is None else tensor_name in own


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    """Make a parametrized tensor a plain one again.

    Args:
        module: Module.
        tensor_name: its name.
        leave_parametrized: keep the value that it has now; otherwise go back to the
            stored one.

    Returns:
        Module: the same.

    Raises:
        ValueError: for a name that is not parametrized, or without a single stored
            tensor to go back to.
    """
    who = "remove_parametrizations()"
    if not is_parametrized(module, tensor_name):
        got = f"Module {module} does not have a parametrization on {tensor_name}"
        _refuse(who, "a parametrized tensor", got, do="Check the name.")
    own = module.parametrizations[tensor_name]
    if own.is_tensor:
        tensor = own.original
        if leave_parametrized:
            with no_grad():
                value = getattr(module, tensor_name)
            _put(tensor, value)
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        tensor = Parameter(value.detach()) if value.requires_grad else value
    else:
        _refuse(
            who,
            "one stored tensor",
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that "
            "is parametrized in terms of a sequence of tensors",
            do="Leave leave_parametrized out.",
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, tensor)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module):
    """The class of a module, without the subclass that parametrizing gave it.

    >>> import rushlight
    >>> type_before_parametrizations(rushlight.nn.Linear(2, 2)).__name__
    'Linear'
    """
    own = type(module)
    return own.__bases__[0] if is_parametrized(module) else own


def transfer_parametrizations_and_params(from_module, to_module, tensor_name=None):
    """Parametrize a module as another one is, over the same stored tensors.

    Args:
        from_module: Module, parametrized or not.
        to_module: Module.
        tensor_name: the one to transfer; left out, all.

    Returns:
        Module: to_module.
    """
    if not is_parametrized(from_module):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach()))
        source = from_module.parametrizations[name]
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target = to_module.parametrizations[name]
        for stored in ("original", *[f"original{i}" for i in range(source.ntensors)]):
            if hasattr(source, stored):
                setattr(target, stored, getattr(source, stored))
    return to_module
