"""Poisson, binomial, gamma and Dirichlet numbers, whose law other tensors give."""

import numpy as np

from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core import sampling
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import wrap
from rushlight._ops._fill import at_home, zero_grad
from rushlight._ops.random import _implicit
from rushlight._ops.random._new import check_tensor
from rushlight._ops.random.seeds import check_generator
from rushlight._ops.specs import same_spec


def poisson(input, generator=None):
    """Numbers of events, where so many are expected.

    Args:
        input: (*), float; the expectations, >= 0.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: for a negative expectation.

    >>> import rushlight
    >>> rushlight.poisson(rushlight.zeros(2))
    tensor([0., 0.])
    """
    check_tensor(input, "poisson()")
    return POISSON.short(input, generator=check_generator(generator, "poisson()"))


def binomial(count, prob, generator=None):
    """How many of so many tosses are heads.

    Args:
        count: (*), float; whole numbers >= 0.
        prob: (*), the same dtype, in [0, 1]; broadcast with count.
        generator: where the bits come from; the default generator if left out.

    Returns:
        Tensor: the broadcast shape.

    Raises:
        RuntimeError: for counts below 0 or chances outside [0, 1].

    >>> import rushlight
    >>> rushlight.binomial(rushlight.tensor([4.0]), rushlight.tensor([1.0]))
    tensor([4.])
    """
    check_tensor(count, "binomial()", "count")
    check_tensor(prob, "binomial()", "prob")
    generator = check_generator(generator, "binomial()")
    return call(BINOMIAL, count, prob, generator=generator)


def _standard_gamma(input, generator=None):
    """Gamma numbers of scale 1 and these shapes; they have a gradient."""
    check_tensor(input, "_standard_gamma()")
    return GAMMA.short(input, generator=check_generator(generator, "_standard_gamma()"))


def _sample_dirichlet(input, generator=None):
    """Rows of a Dirichlet law with these concentrations; not recorded."""
    check_tensor(input, "_sample_dirichlet()")
    generator = check_generator(generator, "_sample_dirichlet()")
    return DIRICHLET.short(input, generator=generator)


def _dirichlet_grad(x, alpha, total):
    """The derivative of a Dirichlet number by its own concentration."""
    arrays = np.broadcast_arrays(x._array, alpha._array, total._array)
    found = _implicit.dirichlet_slopes(*[a.astype(np.float64) for a in arrays])
    return wrap(found.astype(x._array.dtype))


def _poisson_eager(backend, x, *, generator):
    return at_home(backend, sampling.poisson(generator, backend.to_host(x)), x)


def _binomial_eager(backend, x, y, *, generator):
    counts, chances = np.broadcast_arrays(backend.to_host(x), backend.to_host(y))
    return at_home(backend, sampling.binomial(generator, counts, chances), x)


def _binomial_spec(x, y, *, generator):
    return Spec(broadcast_shapes(x.shape, y.shape), x.dtype)


def _zero_for_both(g, *, x_shape, y_shape):
    return g.new_zeros(x_shape), g.new_zeros(y_shape)


def _gamma_eager(backend, x, *, generator):
    return at_home(backend, sampling.standard_gamma(generator, backend.to_host(x)), x)


def _gamma_grad(g, *, x, out):
    shapes, values = (t._array.astype(np.float64) for t in (x, out))
    slopes = _implicit.gamma_slopes(shapes, values)
    return g * wrap(np.asarray(slopes).astype(x._array.dtype))


def _dirichlet_eager(backend, x, *, generator):
    return at_home(backend, sampling.dirichlet(generator, backend.to_host(x)), x)


POISSON = define("poisson", eager=_poisson_eager, spec=same_spec, grad=zero_grad)
BINOMIAL = define(
    "binomial",
    inputs="x y",
    eager=_binomial_eager,
    spec=_binomial_spec,
    grad=_zero_for_both,
)
GAMMA = define("_standard_gamma", eager=_gamma_eager, spec=same_spec, grad=_gamma_grad)
DIRICHLET = define("_sample_dirichlet", eager=_dirichlet_eager, spec=same_spec)
for _function in (
    poisson,
    binomial,
    _standard_gamma,
    _sample_dirichlet,
    _dirichlet_grad,
):
    expose(_function, method=False)
