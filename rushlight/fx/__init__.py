"""torch.fx: the decorator that libraries use at import; there is no symbolic tracing.

`rushlight.compile` traces programs (docs/compile.md); its graphs are not torch.fx's.
"""

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError, explain

__all__ = ["symbolic_trace", "wrap"]


def wrap(fn_or_name):
    """Mark a function, or its name, that symbolic tracing is to keep as a call.

    Args:
        fn_or_name: the function, or a name of the module's.

    Returns:
        ``fn_or_name``.

    Raises:
        RuntimeError: for anything else.

    >>> wrap("len")
    'len'
    """
    if not (callable(fn_or_name) or isinstance(fn_or_name, str)):
        raise ArgumentRuntimeError(
            explain(
                "fx.wrap()",
                expected="a function at the top of a module, or its name",
                got=repr(fn_or_name),
                do="Write @torch.fx.wrap above the function.",
            )
        )
    return fn_or_name


def symbolic_trace(root, concrete_args=None):
    """Not here.

    Raises:
        NotImplementedError: always.
    """
    raise UnsupportedError(
        explain(
            "fx.symbolic_trace()",
            expected="a program that runs as it is written",
            got=type(root).__name__,
            do="Use rushlight.compile, whose traces need no symbols.",
        )
    )
