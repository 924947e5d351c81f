"""Run a PyTorch script as it is, on Rushlight.

`import torch` and `import torchvision` mean Rushlight in the script and in the user's
own modules that it imports; installed packages see whatever torch they would see
otherwise.  docs/run.md tells the rest.

  rushlight run SCRIPT ARGS...          a file; a folder or zip file with __main__.py
  rushlight run NOTEBOOK.ipynb ARGS...  a notebook's code cells, in their order
  rushlight run -m MODULE ARGS...       a module, as python -m does
  rushlight run -c CODE ARGS...         a program in a word
  rushlight run - ARGS...               a program from standard input
"""

import types

from rushlight.cli import parser

# What names a program without being a file, and what says that one comes.
_TARGETS = ("-c", "-m", "-", "--")
# Our options that take a word.
_TAKE_ONE = ("--also", "--guard")


def add_arguments(parser):
    """Declare what stands before the script on the command line.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    parser.usage = (
        "rushlight run [--compile] [--guard LEVEL] [--also NAME]... "
        "(SCRIPT | -m MODULE | -c CODE | -) ARGS..."
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="run the program's modules as machine code; the rest stays as it is",
    )
    parser.add_argument(
        "--guard",
        choices=("error", "warn", "off"),
        help="how silent training bugs are told; warn is the default",
    )
    parser.add_argument(
        "--also",
        metavar="NAME",
        action="append",
        default=[],
        help="an installed package whose imports of torch mean Rushlight too",
    )


def read(argv):
    """Divide a command line into `run`'s own options and the program with its own.

    Args:
        argv: list of str, what follows `rushlight run`.

    Returns:
        argparse.Namespace with `also` and `rest`, both lists of str, `compile`
        and `guard`.

    >>> read(["--also", "timm", "train.py", "--lr", "0.1"])  # doctest: +ELLIPSIS
    Namespace(compile=False, guard=None, also=['timm'], rest=[...])
    """
    end = program(argv, _TAKE_ONE)
    rest = argv[end + (argv[end : end + 1] == ["--"]) :]
    if end == 0:
        # Most runs: no option of ours, and no need for argparse.
        return types.SimpleNamespace(also=[], compile=False, guard=None, rest=rest)
    args = parser("run").parse_args(argv[:end])
    args.rest = rest
    return args


def program(argv, options):
    """Where the program stands in a command line.

    Args:
        argv: list of str.
        options: those before the program that take a word.

    Returns:
        int.

    >>> program(["--also", "timm", "train.py"], ("--also",))
    2
    """
    place = 0
    while place < len(argv):
        part = argv[place]
        if part in _TARGETS or not part.startswith("-"):
            break
        place += 2 if part in options else 1
    return place


def main(args):
    """Run the program.

    Args:
        args: namespace with `also`, names of packages or paths, `compile`, whether
            modules run compiled, `guard`, a level or None, and `rest`, the program and
            its arguments.

    Returns:
        int, the exit status; 1 after an error that the program did not catch.

    Raises:
        CommandError: there is no such program.
        SystemExit: the program asked for it.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["run", "no/such/script.py"])
    2
    """
    from rushlight.cli.rewrite import launch

    if args.guard is not None:
        _set_guard(args.guard)
    if args.compile:
        from rushlight.cli.rewrite.modules import compile_modules

        compile_modules()
    status = launch.launch(args.rest, launch.packages(args.also))
    return status or (_end_guards() if args.guard == "error" else 0)


def _set_guard(level):
    """Set how loud guards are, here and in the processes that the program starts."""
    import os

    from rushlight import guard

    os.environ["RUSHLIGHT_GUARD"] = level
    guard(level)


def _end_guards():
    """Let the checks of a whole run speak; 1 where one of them found something."""
    import sys

    from rushlight.guard._report import GuardError, finish

    try:
        finish()
    except GuardError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
