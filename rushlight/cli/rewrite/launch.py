"""Running a program as `python PROGRAM ARGS...` does, in the real `__main__`."""

import builtins
import importlib.machinery
import importlib.util
import linecache
import os
import runpy
import sys
import types
import zipimport

from rushlight._base.errors import explain
from rushlight.cli import CommandError
from rushlight.cli.rewrite import ownership
from rushlight.cli.rewrite.compiling import to_code
from rushlight.cli.rewrite.frames import clean
from rushlight.cli.rewrite.hooks import install
from rushlight.cli.rewrite.missing import guide
from rushlight.cli.rewrite.names import ROOTS, translate


def launch(command, also=()):
    """Run what a command line names, with its arguments, and say the exit status.

    Raises:
        CommandError: it names nothing that can be run.
        SystemExit: the program asked for it.
    """
    if not command:
        raise CommandError(
            explain(
                "run",
                expected="a script, a notebook, -m MODULE, -c CODE or -",
                got="nothing",
                do="`rushlight help run` says what each means.",
            )
        )
    first, rest = command[0], command[1:]
    if first in ("-c", "-m"):
        if not rest:
            raise CommandError(
                explain(
                    f"run {first}",
                    expected="a word after it",
                    got="nothing",
                    do="`rushlight help run` says what it means.",
                )
            )
        run = _run_text if first == "-c" else _run_module
        return _guarded(lambda: run(rest[0], [first, *rest[1:]], also))
    if first == "-":
        return _guarded(lambda: _run_stdin(command, also))
    _check_file(first)
    return _guarded(lambda: _run_path(command, also))


def packages(names):
    """The folders and files of installed packages, by name or by path.

    Raises:
        CommandError: one is not there.
    """
    found = []
    for name in names:
        if os.path.exists(name) and os.sep in name:
            found.append(os.path.abspath(name))
            continue
        spec = importlib.util.find_spec(name) if name.isidentifier() else None
        if spec is None:
            raise CommandError(
                explain(
                    "--also",
                    expected="the name of an installed package",
                    got=repr(name),
                    do="Give its import name, as in `import NAME`, or its folder.",
                )
            )
        found.extend(spec.submodule_search_locations or [spec.origin])
    return found


def _check_file(path):
    if os.path.exists(path) and not path.endswith(".pyc"):
        return
    got = f"compiled code, {path!r}" if os.path.exists(path) else f"no file {path!r}"
    raise CommandError(
        explain(
            "run",
            expected="a Python file, a notebook, or a folder with __main__.py",
            got=got,
            do=f"Look from {os.getcwd()!r}, where this runs.",
        )
    )


def _run_path(command, also):
    path = command[0]
    if os.path.isdir(path) or _is_zip(path):
        _prepare(command, os.path.abspath(path), also)
        _main_module()
        runpy._run_module_as_main("__main__", False)
        return
    full = os.path.abspath(path)
    _prepare(command, os.path.dirname(os.path.realpath(full)), also)
    if path.endswith(".ipynb"):
        from rushlight.cli.rewrite.notebook import run_cells

        run_cells(full, _main_module().__dict__)
        return
    with open(full, "rb") as file:
        text = file.read()
    loader = importlib.machinery.SourceFileLoader("__main__", full)
    main = _main_module(__file__=full, __cached__=None, __loader__=loader)
    _execute(text, full, main)


def _is_zip(path):
    try:
        zipimport.zipimporter(path)
    except zipimport.ZipImportError:
        return False
    return True


def _run_text(text, argv, also):
    _prepare(argv, "", also)
    _execute(text, "<string>", _main_module())


def _run_stdin(argv, also):
    _prepare(argv, "", also)
    main = _main_module(__file__="<stdin>", __cached__=None)
    _execute(sys.stdin.buffer.read(), "<stdin>", main)


def _run_module(name, argv, also):
    _prepare(argv, os.getcwd(), also)
    _main_module()
    runpy._run_module_as_main(translate(name))


def _prepare(argv, folder, also):
    """Set what the program sees of its start, and let its torch be Rushlight."""
    sys.argv[:] = argv
    if not sys.flags.safe_path:
        sys.path[:1] = [folder]
    found = dict(_shadows())
    for root, path in found.items():
        print(
            f"rushlight run: `import {root}` means {path} here, as it does in plain "
            "Python: rename that file if Rushlight is meant.",
            file=sys.stderr,
        )
    install(also, found)


def _shadows():
    """Pairs (root, path): files of the user's own that Python finds as torch."""
    for root in ROOTS:
        for folder in sys.path:
            path = os.path.abspath(os.path.join(folder, root))
            for file in (os.path.join(path, "__init__.py"), f"{path}.py"):
                if os.path.isfile(file) and ownership.is_own(file):
                    yield root, file


def _main_module(**attributes):
    """A fresh `__main__`, as Python makes it: pickled names lead to it."""
    main = types.ModuleType("__main__")
    main.__loader__ = importlib.machinery.BuiltinImporter
    main.__dict__.update(__annotations__={}, __builtins__=builtins, **attributes)
    sys.modules["__main__"] = main
    return main


def _execute(text, filename, main):
    try:
        code = to_code(text, filename)
    except (SyntaxError, ValueError) as error:
        # Nothing has run: as in plain Python, there is no traceback to show.
        raise _NotCompiled from error
    if filename == "<string>" and hasattr(linecache, "_register_code"):
        # Python 3.13 and later show the lines of `-c`'s text, which no file has.
        linecache._register_code(code, text, filename)
    exec(code, main.__dict__)


class _NotCompiled(Exception):
    """Carries, as its cause, what is wrong with a program's text."""


def _guarded(run):
    """Call `run`; show an error as Python does, without the frames of this package."""
    try:
        run()
        return 0
    except (SystemExit, CommandError):
        raise
    except _NotCompiled as failed:
        error = failed.__cause__.with_traceback(None)
    except BaseException as raised:  # noqa: BLE001 (whatever ended it is shown)
        error = raised
        clean(error)
    guide(error)
    sys.last_type, sys.last_value, sys.last_traceback = (
        type(error),
        error,
        error.__traceback__,
    )
    sys.excepthook(type(error), error, error.__traceback__)
    if isinstance(error, KeyboardInterrupt):
        # Python itself then ends the process as an interrupted one (130 in a shell).
        sys.excepthook = lambda *_: None
        raise error
    return 1
