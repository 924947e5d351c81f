"""Names for parameters and modules, looked up only when something is to be said."""

import gc

from rushlight.nn.modules.module import Module
from rushlight.nn.parameter import Parameter

_OWN_FIELDS = ("_parameters", "_buffers", "_modules")


def living_modules():
    """All modules there are that are not inside another."""
    modules = [o for o in gc.get_objects() if isinstance(o, Module)]
    modules = [m for m in modules if "_modules" in m.__dict__]
    inside = {id(child) for m in modules for child in m._modules.values()}
    roots = [m for m in modules if id(m) not in inside]
    return [m._modules.get("_orig_mod", m) for m in roots]  # a compiled module


def parameter_names():
    """{id of a parameter: (path, plain)}: plain names the plain list it hides in."""
    names = {}
    roots = living_modules()
    for root in roots:
        for path, parameter in root.named_parameters(type(root).__name__):
            names.setdefault(id(parameter), (path, None))
    for root in roots:
        for path, module in root.named_modules(prefix=type(root).__name__):
            for attribute, place, value in hidden(module):
                name = f"{path}.{attribute}{place}"
                for key, parameter in _parameters_of(value):
                    full = f"{name}.{key}" if key else name
                    names[id(parameter)] = (full, f"{path}.{attribute}")
    return names


def _parameters_of(value):
    if isinstance(value, Module):
        return value.named_parameters()
    return [("", value)]


def hidden(module):
    """Triples (attribute, place, value): modules, parameters in plain containers."""
    for attribute, value in module.__dict__.items():
        if attribute not in _OWN_FIELDS:
            for place, inner in _contained(value, 3):
                yield attribute, place, inner


def _contained(value, depth):
    """Pairs (place, module or parameter) in a list, tuple or dict, and below."""
    if isinstance(value, list | tuple):
        pairs = enumerate(value)
    elif isinstance(value, dict):
        pairs = value.items()
    else:
        return
    for key, inner in pairs:
        if isinstance(inner, Module | Parameter):
            yield f"[{key!r}]", inner
        elif depth:
            for place, deeper in _contained(inner, depth - 1):
                yield f"[{key!r}]{place}", deeper


def name_of(parameter, names=None):
    """How to call a parameter in a message."""
    names = parameter_names() if names is None else names
    shape = list(parameter.shape)
    found = names.get(id(parameter))
    return f"{found[0]} {shape}" if found else f"a parameter of shape {shape}"


def listed(tensors, names=None, most=4):
    """Several parameters by name, the first few."""
    names = parameter_names() if names is None else names
    told = [name_of(t, names) for t in tensors[:most]]
    rest = len(tensors) - len(told)
    return ", ".join(told) + (f" and {rest} more" if rest else "")
