"""Chi2: the sum of squares of normal numbers."""

from rushlight.distributions import constraints
from rushlight.distributions.gamma import Gamma


class Chi2(Gamma):
    """The chi-squared law: Gamma(df / 2, 1 / 2).

    Args:
        df: how many squares are added, > 0.
        validate_args: whether arguments are checked.
    """

    arg_constraints = {"df": constraints.positive}

    def __init__(self, df, validate_args=None):
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    def expand(self, batch_shape, _instance=None):
        new = self._get_checked_instance(Chi2, _instance)
        return super().expand(batch_shape, new)

    @property
    def df(self):
        """How many squares are added."""
        return self.concentration * 2
