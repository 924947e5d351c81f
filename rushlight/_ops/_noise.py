"""Shared by the families: the noise that dropout multiplies with.

# Note [Noise]
# Dropout is a product with noise: 1 / (1 - p) with probability 1 - p, else 0, in the
# input's dtype and order in memory.  Channel-wise forms draw one number for each
# channel.  The noise is a constant for backward, so the product does the rest.
"""

import numpy as np

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core import sampling
from rushlight._core.table import define
from rushlight._ops._fill import at_home, fill_like


def noise_like(input, p, shape=None, scale=True):
    """Noise for an input (Note [Noise]); with scale=False the mask of ones and zeros.

    Args:
        input: a float tensor.
        p: the probability of a zero.
        shape: the noise's, where it is not the input's.
    """
    return NOISE.short(input, keep=1 - p, scale=scale, shape=shape)


def _noise_spec(x, *, keep, scale, shape):
    return Spec(x.shape if shape is None else shape, x.dtype)


def _noise_eager(backend, x, *, keep, scale, shape):
    if x.dtype.kind in "biu":
        raise not_float("dropout()", x.dtype)
    one = 1
    if scale:
        wide = np.float32 if x.dtype.itemsize < 4 else x.dtype.type
        one = (wide(1) / wide(keep)).astype(x.dtype) if keep else 1

    def sample(shape):
        return sampling.bernoulli(None, shape, x.dtype, keep, one)

    if shape is None:
        return fill_like(backend, x, sample)
    return at_home(backend, sample(shape), x)


def not_float(who, dtype):
    return DtypeError(
        explain(
            who,
            expected="a floating-point input",
            got=f"result type Float can't be cast to the input's {BY_NUMPY[dtype]}",
            do="Convert it with .float().",
        )
    )


NOISE = define("dropout_noise", eager=_noise_eager, spec=_noise_spec)
