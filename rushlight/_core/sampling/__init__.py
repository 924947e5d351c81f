"""Random arrays with PyTorch's CPU numbers, in NumPy terms.

Every function takes a generator (None: the default one), then the shape or the array
of parameters, then a NumPy dtype, and returns a new array in C order.  It holds the
generator's lock while it draws.  Tensors, `out=` and in-place forms are made of these
in the op family `random`; `in_memory_order` says in which order to fill an array.
"""

from rushlight._core.sampling.integers import (
    check_integer_bounds,
    integers,
    random_integers,
)
from rushlight._core.sampling.laws import (
    cauchy,
    exponential,
    geometric,
    log_normal,
)

from rushlight._core.sampling.multinomial import multinomial
from rushlight._core.sampling.normal import normal
from rushlight._core.sampling.order import in_memory_order
from rushlight._core.sampling.permutation import permutation
from rushlight._core.sampling.poisson import poisson
from rushlight._core.sampling.rejection import binomial, dirichlet, standard_gamma
from rushlight._core.sampling.uniform import bernoulli, bernoulli_of, uniform
