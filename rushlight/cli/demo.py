"""Train a small network on pictures of garments, and show what happened.

The data is Fashion-MNIST: from the data folder, or downloaded into it.  Where that
cannot be had, the program draws pictures of the same ten garments itself, says so, and
marks every figure as the stand-in's.  A progress bar, the accuracy on pictures that the
network has not seen, a checkpoint that is saved, loaded again and compared.
"""

from rushlight._base.errors import explain


def add_arguments(parser):
    """Declare the options.

    Args:
        parser: argparse.ArgumentParser.

    >>> import argparse
    >>> add_arguments(argparse.ArgumentParser())
    """
    option = parser.add_argument
    option("--epochs", type=int, default=5, help="passes over the data (5)")
    option("--data", metavar="DIR", default="data", help="the data folder (data)")
    option("--seed", type=int, default=0, help="of all random numbers (0)")
    option(
        "--out",
        metavar="DIR",
        default="rushlight-demo",
        help="where the checkpoint goes (rushlight-demo)",
    )
    option("--plain", action="store_true", help="no colours, no moving lines")
    option(
        "--offline", action="store_true", help="do not try to download Fashion-MNIST"
    )


def main(args):
    """Run the job and print the page.

    Args:
        args: argparse.Namespace with the options above.

    Returns:
        int, 0.

    Raises:
        CommandError: for options that make no sense, damaged data, or a folder that
            cannot be written to.

    >>> import rushlight.cli
    >>> rushlight.cli.main(["demo", "--epochs", "0"])
    2
    """
    from rushlight.cli import CommandError

    if args.epochs < 1 or not -(2**63) <= args.seed < 2**64:
        raise CommandError(
            explain(
                "demo",
                expected="--epochs of at least 1 and a --seed of at most 64 bits",
                got=f"--epochs {args.epochs} --seed {args.seed}",
                do="Give another number.",
            )
        )
    from rushlight.cli.demonstration.tour import tour

    tour(args)
    return 0
