"""Special functions beyond those that every network uses: torch.special's own."""

from rushlight._ops.special import bessel, gammas, polynomials, probability
