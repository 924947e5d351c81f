"""Leaving out whole branches of a network at random while it trains."""

from rushlight import nn
from rushlight._base.errors import ArgumentError, explain


def stochastic_depth(input, p, mode, training=True):
    """Zero the whole input or whole rows of it at random, scale the rest.

    Args:
        input: (N, *), float.
        p: the probability of zero.
        mode: "batch" for one decision, "row" for one in each row.
        training: whether to do it at all.

    Returns:
        Tensor, input's shape and dtype.

    Raises:
        ValueError: for another mode, or a p outside [0, 1].

    See:
        Huang et al., "Deep Networks with Stochastic Depth" (2016), arXiv:1603.09382.

    >>> import rushlight
    >>> stochastic_depth(rushlight.ones(2), 1.0, "row")
    tensor([0., 0.])
    """
    for name, right, wanted, value in (
        ("p", 0.0 <= p <= 1.0, "a drop probability between 0 and 1", p),
        ("mode", mode in ("batch", "row"), "'batch' or 'row'", repr(mode)),
    ):
        if not right:
            raise ArgumentError(
                explain(
                    f"stochastic_depth(), {name}",
                    expected=wanted,
                    got=value,
                    do="Correct it.",
                )
            )
    if not training or p == 0.0:
        return input
    kept = 1.0 - p
    rows = input.shape[0] if mode == "row" else 1
    noise = input.new_empty([rows] + [1] * (input.ndim - 1)).bernoulli_(kept)
    if kept > 0.0:
        noise.div_(kept)
    return input * noise


class StochasticDepth(nn.Module):
    """`stochastic_depth` as a layer.

    Args:
        p: the probability of zero.
        mode: "batch" or "row".

    >>> StochasticDepth(0.2, "row")
    StochasticDepth(p=0.2, mode=row)
    """

    def __init__(self, p, mode):
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input):
        """The input, as it is in evaluation."""
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self):
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"
