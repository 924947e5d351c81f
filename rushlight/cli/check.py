"""List the torch names that a script uses, and which of them Rushlight lacks.

The script is read, not run.  Aliases are followed (`import torch.nn as nn; nn.Linear`);
methods are listed where the text shows for certain that they are a tensor's.  A name
is optional where the script provides for its absence (`try: ... except ImportError`,
`hasattr`); optional names do not count as missing.

The exit status is 0 if nothing is missing, 1 if something is, 2 for a file that cannot
be read.
"""


def add_arguments(parser):
    """Declare the files to read and the form of the answer.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    parser.add_argument(
        "files",
        nargs="+",
        metavar="SCRIPT",
        help="a Python file, a notebook, or a folder of them",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def main(args):
    """Read the scripts and print what they use.

    Args:
        args: argparse.Namespace with `files`, list of str, and `json`, bool.

    Returns:
        int, 1 if any script needs a name that is missing, otherwise 0.

    Raises:
        CommandError: a file cannot be read or is not Python.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["check", "no/such/script.py"])
    2
    """
    from rushlight.cli.survey.report import as_json, as_text, report_on

    reports = [report_on(path) for path in _files(args.files)]
    print(as_json(reports) if args.json else as_text(reports))
    return int(any(report.missing for report in reports))


def _files(paths):
    """The files that are meant: those in folders too, but not installed packages'."""
    import os

    from rushlight.cli.rewrite.ownership import is_own

    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(
                n for n in inner if not n.startswith((".", "__pycache__"))
            )
            for name in sorted(names):
                file = os.path.join(folder, name)
                if name.endswith((".py", ".ipynb")) and is_own(file):
                    yield file
