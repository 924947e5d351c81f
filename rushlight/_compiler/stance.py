"""The stance: whether calls of compiled functions are compiled at present.

# Note [Stances]
# `default` compiles.  `force_eager` runs every function as it is written;
# `eager_on_recompile` runs those calls so that no entry serves yet, and
# `fail_on_recompile` refuses them, for functions that have entries;
# `eager_then_compile` runs the first call of a kind as it is written and compiles the
# second.
"""

NAMES = (
    "default",
    "force_eager",
    "eager_on_recompile",
    "fail_on_recompile",
    "eager_then_compile",
)


class Stance:
    """The process's stance.

    Attributes:
        name: one of NAMES.
        eager: whether compiled functions run as written: how many ask for that now.
    """

    __slots__ = ("name", "eager")

    def __init__(self):
        self.name, self.eager = "default", 0

    def change(self, name):
        """Take another stance; returns the former."""
        before = self.name
        self.eager += (name == "force_eager") - (before == "force_eager")
        self.name = name
        return before


STANCE = Stance()
