"""The error for files that cannot be read, and its two texts."""

import pickle

from rushlight._base.errors import RushlightError, explain


class UnpicklingError(RushlightError, pickle.UnpicklingError):
    """A file that asks for more than tensors and plain containers, or is damaged."""


def refused(what):
    """The error for a file that asks for something outside the table."""
    return UnpicklingError(
        explain(
            "load()",
            expected="tensors and plain containers",
            got=f"a file that asks for {what}; nothing was executed",
            do="If you trust its author, have it saved again as a state_dict; a file "
            "from a stranger may be an attack.",
        )
    )


def damaged(why):
    """The error for a file that is no whole pickle."""
    return UnpicklingError(
        explain(
            "load()",
            expected="a whole file",
            got=f"a damaged one: {why}",
            do="Copy or save it again.",
        )
    )
