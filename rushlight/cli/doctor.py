"""Run a script with every check on, and report what they found.

Like `rushlight run`, with all guards collecting what they find, and each
operation looked at for values that are not finite (which is slow).  At the end one
report tells what was checked, what was found, where, and how to mend it.

  rushlight doctor SCRIPT ARGS...       exit status 3 where something was found
  rushlight doctor --explain CHECK      what a check looks for, with examples
"""

import os
import sys

from rushlight.cli import parser, run

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def add_arguments(parser):
    """Declare what stands before the script on the command line.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    parser.usage = (
        "rushlight doctor [--verbose] [--also NAME]... "
        "(SCRIPT | -m MODULE | -c CODE | -) ARGS..."
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="a line for each check, and whole tracebacks",
    )
    parser.add_argument(
        "--explain",
        metavar="CHECK",
        help="print the page of a check, and run nothing",
    )
    parser.add_argument(
        "--also",
        metavar="NAME",
        action="append",
        default=[],
        help="an installed package whose imports of torch mean Rushlight too",
    )


def read(argv):
    """Divide a command line as `rushlight run` does.

    Args:
        argv: list of str, what follows `rushlight doctor`.

    Returns:
        argparse.Namespace with `also`, `verbose`, `explain` and `rest`.

    >>> read(["--verbose", "train.py", "--lr", "0.1"]).rest
    ['train.py', '--lr', '0.1']
    """
    end = run.program(argv, ("--also", "--explain"))
    args = parser("doctor").parse_args(argv[:end])
    args.rest = argv[end + (argv[end : end + 1] == ["--"]) :]
    return args


def main(args):
    """Run the program and print the report, to standard error.

    Args:
        args: namespace with `also`, names of packages or paths, `verbose`, whether each
            check has a line, `explain`, the name of a check or None, and `rest`, the
            program and its arguments.

    Returns:
        int, the program's exit status; 3 where it succeeded and something was found.

    Raises:
        CommandError: there is no such program, or no such check.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["doctor", "no/such/script.py"])
    2
    """
    if args.explain:
        return _explain(args.explain)
    from rushlight import guard
    from rushlight.cli.rewrite import launch
    from rushlight.guard._seen import counting
    from rushlight.guard.report import collecting, report

    if not args.verbose:
        sys.excepthook = _show_short
    guard("warn")
    with collecting() as findings, counting() as counts:
        try:
            with guard.thorough():
                status = launch.launch(args.rest, launch.packages(args.also))
        except SystemExit as ended:
            status = _status(ended.code)
        except KeyboardInterrupt:  # what was found so far is what is wanted
            status = 130
    sys.stdout.flush()
    text = report(findings, counts, verbose=args.verbose, ending=_ending())
    sys.stderr.write(text + "\n")
    return status or 3 * any(not finding.note for finding in findings)


def _explain(name):
    from rushlight import guard
    from rushlight.cli import CommandError

    try:
        print(guard.explain(name))
    except ValueError as error:
        raise CommandError(str(error)) from error
    return 0


def _status(code):
    """The exit status that sys.exit(code) asks for."""
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write(f"{code}\n")
    return 1


def _ending():
    """The error that ended the program, in a line; None where none did."""
    error = getattr(sys, "last_value", None)
    if error is None:
        return None
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _show_short(kind, error, traceback):
    """Print an error with the frames of the user's own code alone."""
    import traceback as printing

    told = printing.TracebackException(kind, error, traceback)
    each = told
    while each is not None:
        own = [f for f in each.stack if not f.filename.startswith((_PACKAGE, "<short"))]
        each.stack[:] = own or each.stack
        each = each.__cause__ or each.__context__
    sys.stderr.write("".join(told.format()))
