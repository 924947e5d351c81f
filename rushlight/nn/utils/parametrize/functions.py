"""Putting parametrizations on modules and taking them off."""

from rushlight._core.grad_mode import no_grad
from rushlight.nn.modules.container import ModuleDict
from rushlight.nn.parameter import Parameter
from rushlight.nn.utils.parametrize.classes import give_class, give_property
from rushlight.nn.utils.parametrize.stored import (
    ParametrizationList,
    check_same_kind,
    put_value,
    refuse,
    register_tensor,
)


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
            give_class(module)
            module.parametrizations = ModuleDict()
        give_property(module, tensor_name)
        module.parametrizations[tensor_name] = own
    else:
        refuse(
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
    check_same_kind("register_parametrization()", result, value, "parametrization")
    if hasattr(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(result)
        except NotImplementedError:
            return
        check_same_kind("right_inverse()", back, value, "right_inverse")


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
        refuse(who, "a parametrized tensor", got, do="Check the name.")
    own = module.parametrizations[tensor_name]
    if own.is_tensor:
        tensor = own.original
        if leave_parametrized:
            with no_grad():
                value = getattr(module, tensor_name)
            put_value(tensor, value)
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        tensor = Parameter(value.detach()) if value.requires_grad else value
    else:
        refuse(
            who,
            "one stored tensor",
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that "
            "is parametrized in terms of a sequence of tensors",
            do="Leave leave_parametrized out.",
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    register_tensor(module, tensor_name, tensor)
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
