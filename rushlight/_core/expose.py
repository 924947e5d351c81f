"""Where a function becomes public: as ``rushlight.f``, a method, in ``nn.functional``.

Families call `expose` beside each function; the doors above read the registers.  So
adding an op touches one source file.
"""

import functools

from rushlight._core.dispatch import wants_record
from rushlight._core.grad_mode import no_grad
from rushlight._core.inplace import (
    bump,
    check_no_overlap,
    check_writable,
    inplace,
    no_target,
    overwrite,
)
from rushlight._core.state import STATE
from rushlight._core.table import Op
from rushlight._core.tensor import Tensor, attach, wrap

#: Names of the doors -> {public name: function}.
TORCH, FUNCTIONAL = {}, {}


def expose(
    function,
    *,
    torch=True,
    method=True,
    functional=False,
    inplace=None,
    inplace_torch=True,
    name=None,
    aliases=(),
):
    """Make a function public under its name.

    Args:
        function: its first parameter is the tensor, so it serves as the method too.
        torch: whether ``rushlight.f`` exists.
        method: whether ``Tensor.f`` exists.
        functional: whether ``rushlight.nn.functional.f`` exists.
        inplace: an `Op` (or True for a composite) to give it the form ``f_``.
        inplace_torch: whether ``rushlight.f_`` exists too, beside ``Tensor.f_``.
        name: the public name, where it is not the function's own.
        aliases: further names for the same.

    Returns:
        The function, so that it can decorate.
    """
    name = name or function.__name__
    if inplace is not None:
        form = _inplace_form(function, inplace, name)
        names = [f"{alias}_" for alias in (name, *aliases)]
        if not method and not (torch and inplace_torch):
            raise ValueError(f"{name}_ has no door: it is neither torch's nor a method")
        _open(form, names, torch and inplace_torch, False, method)
    _open(function, [name, *aliases], torch, functional, method)
    return function


def _open(form, names, torch, functional, method):
    """Put a function on its doors, under each of its names."""
    for public in names:
        if torch:
            _enter(TORCH, public, form)
        if functional:
            _enter(FUNCTIONAL, public, form)
        if method:
            attach(public, form)


def _enter(register, name, function):
    if name in register:
        raise ValueError(f"{name} is exposed twice")
    register[name] = function


def _inplace_form(function, op, name):
    """``f_``: the quick form for a unary op, else what `mutate` does."""
    if isinstance(op, Op) and len(op.inputs) == 1 and op.ufunc:

        def form(input):
            if not isinstance(input, Tensor) or STATE.special or input._edge:
                return inplace(op, input)
            return _ufunc_into(op, input)

    else:

        @functools.wraps(function)
        def form(input, *args, **kwargs):
            return mutate(function, input, args, kwargs, name)

    form.__name__ = form.__qualname__ = f"{name}_"
    form.__module__ = function.__module__
    form.__doc__ = f"In-place form of `{name}`: writes into ``input`` and returns it."
    return form


def _ufunc_into(op, x):
    array = x._array
    if 0 in array.strides:
        check_no_overlap(array, f"{op.name}_()")
    try:
        kernels = op.kernels if array.size < op.large_from else op.large
        kernels[array.__class__](array, array)
    except RuntimeWarning:  # raised after the values were written
        pass
    except Exception:  # noqa: BLE001 - the careful path words the error
        return inplace(op, x)
    bump(x)
    return x


def mutate(function, x, args, kwargs, name):
    """Run a function and write its result into its first argument.

    Raises:
        RuntimeError: where the result does not fit, or x is a leaf that requires
            grad.
    """
    who = f"{name}_()"
    if not isinstance(x, Tensor):
        raise no_target(who, x)
    check_no_overlap(x._array, who)
    old = wrap(x._array)
    if wants_record((x, *args, *kwargs.values())):
        check_writable(x, who)
        with no_grad():
            old = old.clone()
    old._edge = x._edge
    overwrite(x, function(old, *args, **kwargs), who)
    return x
