"""Modules as functions of their parameters."""

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH
from rushlight.nn.utils.stateless import call_with_values


def functional_call(
    module,
    parameter_and_buffer_dicts,
    args=None,
    kwargs=None,
    *,
    tie_weights=True,
    strict=False,
):
    """Call a module with other parameters and buffers than its own.

    What the module assigns to its buffers goes into the dictionary.

    Args:
        module: Module.
        parameter_and_buffer_dicts: {name: Tensor}, or a sequence of such dictionaries
            with different names.
        args: tuple of arguments, or a single one.
        kwargs: dict of keyword arguments.
        tie_weights: whether a value counts for all names of one tensor.
        strict: whether all names must be given, and no others.

    Returns:
        What the module returns.

    Raises:
        ValueError: for another type of dictionary, a name in two of them, or different
            values of tied names.
        RuntimeError: for missing or unknown names, if strict.

    >>> import rushlight
    >>> layer = rushlight.nn.Linear(2, 1)
    >>> ones = {"weight": rushlight.ones(1, 2), "bias": rushlight.zeros(1)}
    >>> functional_call(layer, ones, rushlight.tensor([1.0, 2.0]))
    tensor([3.])
    """
    values = parameter_and_buffer_dicts
    if isinstance(values, (list, tuple)):
        values = _merged(values)
    elif not isinstance(values, dict):
        _refuse("a dict, or a sequence of dicts", type(values).__name__)
    return call_with_values(module, values, args, kwargs, tie_weights, strict)


def _refuse(expected, got, who="functional_call()"):
    do = "Pass dict(module.named_parameters())."
    raise ArgumentError(explain(who, expected=expected, got=got, do=do))


def _merged(dictionaries):
    if not all(isinstance(d, dict) for d in dictionaries):
        kinds = [type(d).__name__ for d in dictionaries]
        _refuse("all elements of the sequence to be dictionaries", kinds)
    names = [name for d in dictionaries for name in d]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        _refuse("each name once", f"{repeated} appeared in multiple dictionaries")
    return {name: value for d in dictionaries for name, value in d.items()}


def stack_module_state(models):
    """The parameters and buffers of several equal models, stacked in a new dimension.

    Args:
        models: list of Modules of one class and mode.

    Returns:
        (dict, dict): {name: Tensor} of parameters, leaves of their own, and of buffers;
        each with a first dimension for the models.

    Raises:
        RuntimeError: for no models, or models of different classes or modes.

    >>> import rushlight
    >>> params, _ = stack_module_state([rushlight.nn.Linear(2, 1) for _ in range(3)])
    >>> params["weight"].shape
    torch.Size([3, 1, 2])
    """
    models = list(models)
    if not models:
        _refuse_models("at least one model", "got 0")
    if len({model.training for model in models}) != 1:
        _refuse_models("all models in the same training/eval mode", "both modes")
    if len({type(model) for model in models}) != 1:
        _refuse_models("all models to be of the same class", "several classes")
    first = models[0]
    params = dict(first.named_parameters())
    stacked = {
        name: _stacked([dict(m.named_parameters())[name] for m in models])
        for name in params
    }
    buffers = {
        name: TORCH["stack"]([dict(m.named_buffers())[name] for m in models])
        for name, _ in first.named_buffers()
    }
    return stacked, buffers


def _stacked(params):
    wanted = {p.requires_grad for p in params}
    if len(wanted) != 1:
        _refuse_models("one requires_grad for each name", "both")
    return TORCH["stack"](params).detach().requires_grad_(wanted.pop())


def _refuse_models(expected, got):
    do = "Make them alike."
    raise ArgumentRuntimeError(
        explain("stack_module_state()", expected=expected, got=got, do=do)
    )
