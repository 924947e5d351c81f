"""Run a script with every check on, and report what they found.

Like `rushlight run`, with the guards of docs/guards collecting what they find, and each
operation looked at for values that are not finite (which is slow).  At the end one
report tells what was checked, what was found, where, and how to mend it.

  rushlight doctor SCRIPT ARGS...
"""

import sys

from rushlight.cli import run


def add_arguments(parser):
    """Declare what stands before the script: as for `rushlight run`.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    run.add_arguments(parser)
    parser.usage = "rushlight doctor (SCRIPT | -m MODULE | -c CODE | -) ARGS..."


def read(argv):
    """Divide a command line as `rushlight run` does.

    Args:
        argv: list of str.

    Returns:
        namespace with `also` and `rest`.

    >>> read(["train.py", "--lr", "0.1"]).rest
    ['train.py', '--lr', '0.1']
    """
    return run.read(argv)


def main(args):
    """Run the program and print the report, to standard error.

    Args:
        args: namespace as for `rushlight run`.

    Returns:
        int, the program's exit status; 3 where it succeeded and something was found.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["doctor", "no/such/script.py"])
    2
    """
    from rushlight import guard
    from rushlight.cli.rewrite import launch
    from rushlight.guard.report import collecting, report

    guard("warn")
    with collecting() as findings:
        try:
            with guard.thorough():
                status = launch.launch(args.rest, launch.packages(args.also))
        except SystemExit as ended:
            status = _status(ended.code)
    sys.stderr.write(report(findings) + "\n")
    return status or 3 * any(not finding.note for finding in findings)


def _status(code):
    """The exit status that sys.exit(code) asks for."""
    if code is None or isinstance(code, int):
        return code or 0
    sys.stderr.write(f"{code}\n")
    return 1
