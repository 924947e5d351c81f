"""Checkpointing: save memory by computing a part again in backward.

# Note [Recompute]
# The part runs with saved-tensor hooks that keep only a number for each value that its
# nodes want to save.  When backward asks for one of them the part is run again, with
# the random state and autocast of the first time, and its nodes' saved values, which
# come in the same order, are handed out by number.
"""

import contextlib
import sys
import warnings

from rushlight._base.errors import ArgumentError, GraphError, explain
from rushlight._core.generator import default_generator
from rushlight._core.grad_mode import enable_grad
from rushlight._core.tensor import Tensor
from rushlight.autograd.backward import backward
from rushlight.autograd.function import Function
from rushlight.autograd.graph import saved_tensors_hooks

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn"]


class CheckpointError(GraphError):
    """The second run of a checkpointed part saved other values than the first."""


def noop_context_fn():
    """Two contexts that do nothing: the default of ``context_fn``."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function,
    *args,
    use_reentrant=None,
    context_fn=noop_context_fn,
    determinism_check="default",
    debug=False,
    early_stop=True,
    preserve_rng_state=True,
    **kwargs,
):
    """Run a function without keeping what its backward needs; compute that again later.

    Args:
        function: any function of tensors.
        args, kwargs: its arguments.
        use_reentrant: True for the older way, in which at least one argument must
            require grad and kwargs are not allowed.
        context_fn: makes the contexts of the first and of the second run.
        determinism_check: "default" compares the shapes and dtypes of what both runs
            save, "none" does not.
        debug: has no further effect; errors name the value in any case.
        early_stop: how much torch recomputes; the result is the same.
        preserve_rng_state: give the second run the first one's random state.

    Returns:
        What function returns.

    Raises:
        ValueError: for arguments that do not go together.
        RuntimeError: (CheckpointError) where the second run differs.

    >>> import rushlight
    >>> x = rushlight.tensor(2.0, requires_grad=True)
    >>> y = checkpoint(lambda x: x * x * x, x, use_reentrant=False)
    >>> y.backward()
    >>> x.grad
    tensor(12.)
    """
    if determinism_check not in ("default", "none"):
        raise ArgumentError(
            explain(
                "checkpoint()",
                expected="determinism_check to be 'default' or 'none'",
                got=repr(determinism_check),
                do="Use one of them.",
            )
        )
    if not use_reentrant:
        return _without_saving(
            function, args, kwargs, context_fn, determinism_check, preserve_rng_state
        )
    if kwargs or context_fn is not noop_context_fn:
        raise ArgumentError(
            explain(
                "checkpoint()",
                expected="no keyword arguments with use_reentrant=True",
                got=", ".join(kwargs) or "context_fn",
                do="Pass use_reentrant=False.",
            )
        )
    if not any(isinstance(a, Tensor) and a.requires_grad for a in args):
        warnings.warn(
            "checkpoint(): expected an input that requires grad, got none of the "
            "inputs have requires_grad=True. Gradients will be None; pass "
            "use_reentrant=False.",
            stacklevel=2,
        )
    return CheckpointFunction.apply(function, preserve_rng_state, *args)


def _without_saving(function, args, kwargs, context_fn, determinism_check, preserve):
    first_context, second_context = context_fn()
    random_state = default_generator.state_bytes() if preserve else None
    precision = _precision()
    specs, values = [], []

    def pack(tensor):
        specs.append((tensor.shape, tensor.dtype))
        return len(specs) - 1

    def unpack(number):
        if not values:
            again = _random_state(random_state), precision()
            with again[0], again[1], enable_grad(), second_context:
                keeping = saved_tensors_hooks(lambda t: values.append(t.detach()), None)
                with keeping:
                    function(*args, **kwargs)
            if determinism_check != "none":
                _check_same(specs, values)
        return values[number]

    with first_context, saved_tensors_hooks(pack, unpack):
        return function(*args, **kwargs)


def _check_same(specs, values):
    again = [(v.shape, v.dtype) for v in values]
    if again == specs:
        return
    first = next(
        (i for i, (a, b) in enumerate(zip(specs, again, strict=False)) if a != b),
        min(len(specs), len(again)),
    )
    raise CheckpointError(
        explain(
            "checkpoint()",
            expected=f"the second run to save the same {len(specs)} values",
            got=f"{len(again)}; value {first} is different",
            do="Make the function depend on its arguments and random state alone.",
        )
    )


def _precision():
    """A maker of contexts in which autocast is as it is now."""
    casting = sys.modules.get("rushlight.amp.casting")
    if casting is None:  # it was never on
        return contextlib.nullcontext
    modes = casting.current_modes()
    return lambda: casting.restored_modes(modes)


@contextlib.contextmanager
def _random_state(state):
    """The default generator with a state, restored at the end; None leaves it."""
    if state is None:
        yield
        return
    now = default_generator.state_bytes()
    default_generator.set_state_bytes(state)
    try:
        yield
    finally:
        default_generator.set_state_bytes(now)


class CheckpointFunction(Function):
    """The older way: backward runs the part again and backward through it."""

    @staticmethod
    def forward(ctx, function, preserve, *args):
        ctx.function = function
        ctx.random_state = default_generator.state_bytes() if preserve else None
        ctx.precision = _precision()
        ctx.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        ctx.args = [None if isinstance(a, Tensor) else a for a in args]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        return function(*args)

    @staticmethod
    def backward(ctx, *gradients):
        args = list(ctx.args)
        for place, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
            args[place] = tensor.detach().requires_grad_(tensor.requires_grad)
        with _random_state(ctx.random_state), ctx.precision(), enable_grad():
            outputs = ctx.function(*args)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        wanted = [
            (o, g)
            for o, g in zip(outputs, gradients, strict=True)
            if isinstance(o, Tensor) and o.requires_grad
        ]
        if wanted:
            backward([o for o, _ in wanted], [g for _, g in wanted])
        found = [a.grad if isinstance(a, Tensor) else None for a in args]
        return (None, None, *found)


def checkpoint_sequential(
    functions, segments, input, use_reentrant=None, preserve_rng_state=True
):
    """Run a Sequential in segments, each checkpointed but the last.

    Args:
        functions: a Sequential or a list of modules or functions.
        segments: int, how many.
        input: the input of the first.
        use_reentrant, preserve_rng_state: as `checkpoint`.

    Returns:
        What the last function returns.
    """
    functions = list(
        functions.children() if hasattr(functions, "children") else functions
    )

    def run(start, stop):
        def segment(value):
            for function in functions[start:stop]:
                value = function(value)
            return value

        return segment

    size = len(functions) // segments
    last = size * (segments - 1)
    for start in range(0, last, size):
        input = checkpoint(
            run(start, start + size),
            input,
            use_reentrant=use_reentrant,
            preserve_rng_state=preserve_rng_state,
        )
    return run(last, len(functions))(input)
