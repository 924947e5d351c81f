"""Show what a checkpoint holds: names, shapes, dtypes and sizes.

Reads the zip files of torch.save and safetensors files, and runs nothing that they
hold.  Containers are shown with what is in them below, indented.
"""


def add_arguments(parser):
    """Declare the files to show.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    parser.add_argument("files", nargs="+", metavar="FILE", help="a checkpoint")


def main(args):
    """Print a table for each checkpoint.

    Args:
        args: argparse.Namespace with `files`, list of str.

    Returns:
        int, 0.

    Raises:
        CommandError: a file cannot be read, or asks for what is not loaded.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["inspect", "no/such/file.pt"])
    2
    """
    from rushlight.cli.survey.checkpoint import read, table

    for number, path in enumerate(args.files):
        if number:
            print()
        print(table(path, *read(path)))
    return 0
