"""torch.distributions: laws of probability, to draw from and to differentiate through.

distribution, exp_family    what every law has
constraints, transforms     regions of values, and ways into them
kl                          distances between laws
one file for each law
"""

from rushlight.distributions import _laws, constraints, transforms
from rushlight.distributions.constraint_registry import biject_to, transform_to
from rushlight.distributions.kl import kl_divergence, register_kl

globals().update({name: getattr(_laws, name) for name in _laws.__all__})
globals().update({name: getattr(transforms, name) for name in transforms.__all__})

__all__ = [name for name in globals() if name[0] != "_"]
