"""Ready parametrizations: torch.nn.utils.parametrizations's names."""

from rushlight.nn.utils.parametrizations.norms import spectral_norm, weight_norm
from rushlight.nn.utils.parametrizations.orthogonality import orthogonal

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]
