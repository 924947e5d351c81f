"""Calling a module with other parameters than its own."""

import warnings
from contextlib import contextmanager

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.tensor import Tensor

__all__ = ["functional_call"]


def _tied_names(module):
    """{name: all names of the same tensor} of the tensors that have several names."""
    by_tensor = {}
    for members in (module.named_parameters, module.named_buffers):
        for name, tensor in members(remove_duplicate=False):
            by_tensor.setdefault(id(tensor), []).append(name)
    groups = [names for names in by_tensor.values() if len(names) > 1]
    return {name: names for names in groups for name in names}


def _with_tied(module, values):
    """Values for all names of each tensor that is given under one of them.

    Raises:
        ValueError: for different values under names of one tensor.
    """
    tied, result = _tied_names(module), dict(values)
    for name, value in values.items():
        for other in tied.get(name, ()):
            if result.setdefault(other, value) is not value:
                raise ArgumentError(
                    explain(
                        "functional_call()",
                        expected="one value for each tensor",
                        got="functional_call got multiple values for keys "
                        f"{sorted(tied[name])}, which are tied",
                        do="Give one of them, or pass tie_weights=False.",
                    )
                )
    return result


def _check_names(module, values):
    """Refuse names that are missing or not known.

    Raises:
        RuntimeError: for those.
    """
    known = {n for n, _ in module.named_parameters(remove_duplicate=False)}
    known |= {n for n, _ in module.named_buffers(remove_duplicate=False)}
    unexpected = [name for name in values if name not in known]
    missing = sorted(known - set(values))
    if not (unexpected or missing):
        return
    parts = []
    if unexpected:
        parts.append(f"Unexpected key(s): {', '.join(map(repr, unexpected))}")
    if missing:
        parts.append(f"Missing key(s): {', '.join(map(repr, missing))}")
    raise ArgumentRuntimeError(
        explain(
            f"functional_call() of {type(module).__name__}",
            expected="a value for each parameter and buffer",
            got="; ".join(parts),
            do="Pass strict=False to keep the module's own for the rest.",
        )
    )


def _swap(module, name, value):
    """Put a tensor under a dotted name without any check; what was there before."""
    path, _, last = name.rpartition(".")
    owner = module.get_submodule(path)
    for register in (owner._parameters, owner._buffers):
        if last in register:
            before, register[last] = register[last], value
            return before
    if not hasattr(owner, last):
        raise AttributeError(f"{type(owner).__name__} has no attribute `{last}`")
    before = getattr(owner, last)
    if not isinstance(before, Tensor) and before is not None:
        raise TypeError(f"{name}: {before!r} is no tensor")
    setattr(owner, last, value)
    return before


@contextmanager
def with_values(module, values, tie_weights=True, strict=False):
    """Let a module use other parameters and buffers for the length of a block.

    Buffers that the module replaces meanwhile come back in `values`.
    """
    given = _with_tied(module, values) if tie_weights else dict(values)
    if strict:
        _check_names(module, given)
    before = {}
    try:
        for name, value in given.items():
            before[name] = _swap(module, name, value)
        yield module
    finally:
        for name, value in before.items():
            used = _swap(module, name, value)
            if name in values:
                values[name] = used


def call_with_values(module, parameters_and_buffers, args, kwargs, tie_weights, strict):
    """What `func.functional_call` and the one here do."""
    args = () if args is None else args
    args = args if isinstance(args, tuple) else (args,)
    with with_values(module, parameters_and_buffers, tie_weights, strict):
        return module(*args, **(kwargs or {}))


def functional_call(
    module,
    parameters_and_buffers,
    args=None,
    kwargs=None,
    *,
    tie_weights=True,
    strict=False,
):
    """Deprecated: `func.functional_call`, of one dictionary.

    Args:
        module: Module.
        parameters_and_buffers: {name: Tensor} to use instead of the module's own.
        args: tuple of arguments, or a single one.
        kwargs: dict of keyword arguments.
        tie_weights: whether a value counts for all names of one tensor.
        strict: whether all names must be given, and no others.

    Returns:
        What the module returns.

    Raises:
        RuntimeError: for missing or unknown names, if strict.
        ValueError: for different values of tied names.
    """
    warnings.warn(
        "nn.utils.stateless.functional_call is deprecated; use func.functional_call.",
        FutureWarning,
        stacklevel=2,
    )
    return call_with_values(
        module, parameters_and_buffers, args, kwargs, tie_weights, strict
    )
