"""The arguments of compile(): what torch takes is taken too, or refused in words."""

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError, explain

MODES = (
    "default",
    "lite",
    "reduce-overhead",
    "max-autotune-no-cudagraphs",
    "max-autotune",
)
#: Backends, and whether functions run as they are written.
BACKENDS = {"inductor": False, "eager": True, "aot_eager": True}
_default = "inductor"


def default_backend():
    """The name of the backend that compile() uses where none is given."""
    return _default


def set_default_backend(backend):
    """Set what `default_backend` answers; None restores "inductor"."""
    global _default
    backend = "inductor" if backend is None else backend
    check_backend(backend)
    _default = backend


def check_backend(backend):
    """Whether functions run as they are written with a backend.

    Raises:
        RuntimeError: for a name that there is not.
        NotImplementedError: for a callable.
    """
    backend = _default if backend is None else backend
    if callable(backend):
        raise UnsupportedError(
            explain(
                "compile(): backend",
                expected=f"one of {', '.join(map(repr, BACKENDS))}",
                got=f"the callable {getattr(backend, '__name__', backend)!r}: graphs "
                "are not handed out",
                do='Leave backend away, or give backend="eager" to run uncompiled.',
            )
        )
    if backend not in BACKENDS:
        raise ArgumentRuntimeError(
            explain(
                "compile(): backend",
                expected=f"one of {', '.join(map(repr, BACKENDS))}",
                got=f"{backend!r} (Invalid backend)",
                do="Leave backend away.",
            )
        )
    return BACKENDS[backend]


def to_arguments(
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
    """The arguments of `Compiled` for those of compile(); None where disabled.

    `mode` and `isolate_recompiles` change nothing: there is one way to compile, and
    every result of compile() counts for itself.

    Raises:
        RuntimeError: for an unknown backend or mode, for mode and options at once, for
            options.
        NotImplementedError: for a callable as backend, and for a shapes_spec.
    """
    eager = check_backend(backend)
    if mode is not None and options is not None:
        _refuse("mode, options", "one of the two", "both", "Leave one of them away.")
    if mode is not None and mode not in MODES:
        modes = ", ".join(map(repr, MODES))
        _refuse("mode", f"one of {modes}", f"{mode!r}", "Leave mode away.")
    if options:
        names = ", ".join(map(repr, options))
        what = f"{names}: options of torch's backend, of which there are none here"
        _refuse("options", "none", what, "Leave options away.")
    if shapes_spec is not None:
        raise UnsupportedError(
            explain(
                "compile(): shapes_spec",
                expected="None",
                got=repr(shapes_spec),
                do="Leave it away: sizes that keep changing are found by themselves.",
            )
        )
    if disable:
        return None
    return {
        "fullgraph": fullgraph,
        "eager": eager,
        "limit": recompile_limit,
        "dynamic": dynamic,
        "name": name,
    }


def _refuse(argument, expected, got, do):
    raise ArgumentRuntimeError(
        explain(f"compile(): {argument}", expected=expected, got=got, do=do)
    )
