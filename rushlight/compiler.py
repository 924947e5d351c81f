"""compile(), and torch.compiler's names.

What is compiled, guarded and carried, and what falls back: docs/compile.md.
"""

import functools

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentRuntimeError,
    UnsupportedError,
    explain,
)
from rushlight._compiler.compiled import LIVING, Compiled
from rushlight._compiler.disabling import constant, disabled, is_disabled, is_tracing
from rushlight._compiler.options import BACKENDS, set_default_backend, to_arguments
from rushlight._compiler.options import default_backend as get_default_backend
from rushlight._compiler.stance import NAMES as _STANCES
from rushlight._compiler.stance import STANCE
from rushlight.nn import Module
from rushlight.nn._module.compiling import compiled_module
from rushlight.nn._module.optimized import OptimizedModule

__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "cudagraph_mark_step_begin",
    "disable",
    "get_default_backend",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "nested_compile_region",
    "reset",
    "set_default_backend",
    "set_stance",
]


def compile(
    model=None,
    *,
    fullgraph=False,
    dynamic=None,
    backend=None,
    mode=None,
    options=None,
    name=None,
    disable=False,
    recompile_limit=None,
    isolate_recompiles=False,
    shapes_spec=None,
):
    """Compile a function or module: it is traced once, then runs as machine code.

    Args:
        model: a function or an `nn.Module`; left out, a decorator is returned.
        fullgraph: bool, raise where a call cannot be traced as a whole; else it runs
            uncompiled, and one warning says why.
        dynamic: whether sizes are symbolic from the first call on (True) or never
            (False), so that one compiled form serves many; None for those that keep
            changing.
        backend: "inductor", the compiler, or "eager", which runs the function as it is
            written; None for the default.
        mode: one of torch's modes; there is one way to compile here.
        options: None or an empty dict.
        name: str, for messages.
        disable: bool, give the function back as it is.
        recompile_limit: int, how many kinds of calls are compiled, 64 by default;
            others run uncompiled.
        isolate_recompiles: bool; every result of compile() counts for itself anyway.
        shapes_spec: None.

    Returns:
        The compiled function; for a module an `OptimizedModule`, which shares its
        parameters.  Both have `graph`, `loops`, `code` and `explain()`.

    Raises:
        AssertionError: for what cannot be called.
        RuntimeError: for an unknown backend or mode, and for options.
        NotImplementedError: for a callable as backend, and for a shapes_spec.

    Differs:
        A function is compiled as a whole or runs as it is written; nothing in between.

    >>> import rushlight
    >>> double = rushlight.compile(lambda x: x * 2)
    >>> double(rushlight.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    given = to_arguments(
        fullgraph=fullgraph,
        dynamic=dynamic,
        backend=backend,
        mode=mode,
        options=options,
        name=name,
        disable=disable,
        recompile_limit=recompile_limit,
        isolate_recompiles=isolate_recompiles,
        shapes_spec=shapes_spec,
    )
    if model is None:
        return lambda function: _compile(function, given)
    return _compile(model, given)


def _compile(model, given):
    if not callable(model):
        raise ArgumentAssertionError(
            explain(
                "compile()",
                expected="a function or an nn.Module",
                got=type(model).__name__,
                do="Pass the function itself, not its result.",
            )
        )
    if given is None:
        return model
    if isinstance(model, Module):
        return OptimizedModule(model, given)
    if is_disabled(model):
        return model
    if isinstance(model, type) and issubclass(model, Module):
        return _compiling_class(model, given)
    return Compiled(model, **given)


def _compiling_class(kind, given):
    """A class of modules that compile themselves when they are made."""
    begin = kind.__init__

    @functools.wraps(begin)
    def __init__(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        self.__dict__["forward"] = compiled_module(self, given, self.forward)

    kind.__init__ = __init__
    return kind


# ----------------------------------------------------------------- leaving things out


def disable(fn=None, recursive=True, *, reason=None):
    """Keep a function, a module or a class of modules from being compiled.

    A compiled function that calls it runs as it is written, and says so once.

    Args:
        fn: what to leave alone; left out, a decorator is returned.
        recursive: bool, compiled functions that it calls run as written too.
        reason: str, said where a compiled function calls it.

    Returns:
        A function that does the same; the class itself; for a module an
        `OptimizedModule` around it.

    Raises:
        AssertionError: for what cannot be called.

    >>> import rushlight
    >>> rushlight.compiler.disable(lambda x: x + 1)(rushlight.ones(2))
    tensor([2., 2.])
    """
    if fn is None:
        return lambda function: disable(function, recursive, reason=reason)
    if not callable(fn):
        raise ArgumentAssertionError(
            explain(
                "compiler.disable()",
                expected="a function, a module or a class",
                got=type(fn).__name__,
                do="Pass the function itself, not its result.",
            )
        )
    if isinstance(fn, type):
        fn.__call__ = disabled(fn.__call__, recursive, reason)
        return fn
    run = disabled(fn, recursive, reason)
    if isinstance(fn, Module):
        module = OptimizedModule(fn, {"eager": True})
        object.__setattr__(module, "forward", run)
        return module
    return run


def allow_in_graph(fn):
    """Give a function back: everything that a traced function calls is traced.

    Args:
        fn: a callable, or a list of them.
    """
    for one in fn if isinstance(fn, (list, tuple)) else [fn]:
        if not callable(one):
            raise ArgumentAssertionError(
                explain(
                    "compiler.allow_in_graph()",
                    expected="a callable, or a list of them",
                    got=type(one).__name__,
                    do="Pass the function itself.",
                )
            )
    return fn


def assume_constant_result(fn):
    """A function that is not traced: its result is computed once for each trace.

    Args:
        fn: a function of no tensors of the traced function's.

    >>> import rushlight
    >>> table = assume_constant_result(lambda: rushlight.tensor([1.0, 2.0]))
    >>> rushlight.compile(lambda x: x + table())(rushlight.zeros(2))
    tensor([1., 2.])
    """
    return constant(fn)


def nested_compile_region(fn=None, **options):
    """Give a function back: equal kernels are compiled once wherever they stand.

    Args:
        fn: a function; left out, a decorator is returned.
        **options: torch's, which tune how it shares what it compiled.
    """
    return fn if fn is not None else lambda function: function


# ---------------------------------------------------------------------- asking, setting


def is_compiling():
    """Whether the function that asks is being traced by compile().

    >>> is_compiling()
    False
    """
    return is_tracing()


def is_dynamo_compiling():
    """Whether the function that asks is being traced by compile().

    >>> is_dynamo_compiling()
    False
    """
    return is_tracing()


def is_exporting():
    """Whether a model is being exported: never.

    >>> is_exporting()
    False
    """
    return False


def list_backends(exclude_tags=("debug", "experimental")):
    """The names of the backends that compile() takes.

    Args:
        exclude_tags: those of these kinds are left out; None leaves out none.

    >>> list_backends()
    ['inductor']
    >>> list_backends(None)
    ['aot_eager', 'eager', 'inductor']
    """
    debug = "debug" in (exclude_tags or ())
    return sorted(name for name, eager in BACKENDS.items() if not (eager and debug))


def reset():
    """Forget everything that was compiled; it is compiled anew when it is called."""
    for compiled in list(LIVING):
        compiled.reset()
    set_default_backend(None)


def cudagraph_mark_step_begin():
    """Mark the begin of a step for CUDA graphs, which are not used here: nothing."""


class set_stance:  # noqa: N801 - torch's name
    """Say what calls of compiled functions do from now on; a context and decorator too.

    Args:
        stance: "default"; "force_eager": functions run as they are written;
            "eager_on_recompile": so do calls of a new kind; "fail_on_recompile": those
            raise; "eager_then_compile": the first call of a kind runs as written.
        skip_guard_eval_unsafe: must be False.
        force_backend: None.

    Raises:
        RuntimeError: for another stance.
        NotImplementedError: for the other arguments.

    >>> import rushlight
    >>> with set_stance("force_eager"):
    ...     rushlight.compile(lambda x: x * 2)(rushlight.ones(1))
    tensor([2.])
    """

    def __init__(
        self, stance="default", *, skip_guard_eval_unsafe=False, force_backend=None
    ):
        if stance not in _STANCES:
            raise ArgumentRuntimeError(
                explain(
                    "compiler.set_stance()",
                    expected=f"one of {', '.join(_STANCES)}",
                    got=f"{stance!r}: an invalid stance",
                    do='Use "default" to compile.',
                )
            )
        if skip_guard_eval_unsafe or force_backend is not None:
            raise UnsupportedError(
                explain(
                    "compiler.set_stance()",
                    expected="neither skip_guard_eval_unsafe nor force_backend",
                    got="one of them",
                    do="Leave it away: guards are always asked.",
                )
            )
        self.stance, self._before = stance, STANCE.change(stance)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        STANCE.change(self._before)

    def __call__(self, function):
        STANCE.change(self._before)

        @functools.wraps(function)
        def run(*args, **kwargs):
            with set_stance(self.stance):
                return function(*args, **kwargs)

        return run
