"""The command line: `rushlight COMMAND ...`.

Every file of this folder without a leading underscore is a command of the file's name.
It holds

    a docstring                   whose first line says in `rushlight help` what it does
    add_arguments(parser)         its arguments, on an argparse.ArgumentParser
    main(args) -> int             what it does; the exit status: 0 is success

and, where the end of the command line belongs to somebody else (a script),

    read(argv) -> args            which reads it in place of the parser alone

A command that cannot do what it was asked raises CommandError.  `rushlight help` reads
the docstrings without importing anything, and only the command that was asked for is
imported; what a command needs beyond Python's library it imports in its functions.
"""

import sys

from rushlight._base.errors import RushlightError, explain

USAGE = """\
usage: rushlight COMMAND ...
       rushlight help COMMAND
       rushlight --version
"""


class CommandError(RushlightError):
    """A command that cannot do what it was asked; its text is all that is printed."""


def main(argv=None):
    """Run one command of the command line.

    Args:
        argv: list of str, without the program's name; the process's own if None.

    Returns:
        int, the exit status: 0 for success, 2 for a command line that makes no sense.

    >>> main(["nonsense"])
    2
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    try:
        return _dispatch(argv)
    except CommandError as error:
        print(f"rushlight: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing is left to say, not
        # even when Python flushes what it still holds.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _dispatch(argv):
    first = argv[0] if argv else "help"
    if first in ("-V", "--version"):
        import rushlight

        return _said(f"rushlight {rushlight.__version__}")
    if first in ("-h", "--help", "help"):
        return main([argv[1], "--help"]) if argv[1:] else _said(_help())
    module = command(first)
    if hasattr(module, "read"):
        return module.main(module.read(argv[1:]))
    status = module.main(parser(first).parse_args(argv[1:]))
    sys.stdout.flush()
    return status


def _said(text):
    print(text, flush=True)
    return 0


def command(name):
    """The module of a command.

    Args:
        name: str, as it is typed.

    Returns:
        The module, with `add_arguments` and `main`.

    Raises:
        CommandError: there is none of that name.

    >>> command("run").__name__
    'rushlight.cli.run'
    """
    there = commands()
    if name in there:
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    import difflib

    near = difflib.get_close_matches(name, there, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise CommandError(
        explain(
            "COMMAND",
            expected=f"one of {', '.join(there)}",
            got=repr(name),
            do=f"{hint}`rushlight help` says what each does.",
        )
    )


def commands():
    """The names of all commands, sorted: the files of this folder.

    >>> [name for name in commands() if name in ("check", "run")]
    ['check', 'run']
    """
    import os

    names = (os.path.splitext(file) for path in __path__ for file in os.listdir(path))
    return sorted(n for n, suffix in names if suffix == ".py" and n[0] != "_")


def _help():
    lines = [f"  {name:10} {_summary(name)}" for name in commands()]
    return "\n".join([USAGE, *lines])


def _summary(name):
    """The first line of a command's docstring, without importing it."""
    import ast
    import os

    for path in __path__:
        file = os.path.join(path, f"{name}.py")
        if os.path.exists(file):
            with open(file, encoding="utf-8") as source:
                text = ast.get_docstring(ast.parse(source.read())) or ""
            return text.partition("\n")[0]
    return ""


def parser(name):
    """The argument parser of a command.

    Args:
        name: str, as it is typed.

    Returns:
        argparse.ArgumentParser.

    Raises:
        CommandError: there is none of that name.

    >>> parser("check").parse_args(["train.py", "--json"])
    Namespace(files=['train.py'], json=True)
    """
    import argparse

    module = command(name)
    made = argparse.ArgumentParser(
        prog=f"rushlight {name}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(made)
    return made


def load_ipython_extension(shell):
    """Let the next cells' `import torch` mean Rushlight: `%load_ext rushlight.cli`.

    Args:
        shell: IPython's shell, which calls this.

    >>> load_ipython_extension  # IPython calls it; nothing changes until it does
    <function load_ipython_extension at ...>
    """
    from rushlight.cli.rewrite.interactive import load

    load(shell)


def unload_ipython_extension(shell):
    """Let the next cells' imports be Python's own again: `%unload_ext rushlight.cli`.

    Args:
        shell: IPython's shell, which calls this.

    >>> unload_ipython_extension
    <function unload_ipython_extension at ...>
    """
    from rushlight.cli.rewrite.interactive import unload

    unload(shell)
