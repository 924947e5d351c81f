"""Laws of yes and no: a probability or the logarithm of its odds, as given."""

from rushlight.distributions.utils import (
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)


class Odds:
    """Gives a law that sets `probs` or `logits` the other one."""

    @lazy_property
    def logits(self):
        """The logarithms of the odds."""
        return probs_to_logits(self.probs, is_binary=True)

    @lazy_property
    def probs(self):
        """The probabilities of 1, of success, of heads."""
        return logits_to_probs(self.logits, is_binary=True)
