"""The initialisers' old names, without the underscore."""

import functools
import warnings

from rushlight.nn.init import scaled, simple


def _deprecated(function):
    """The old name of an initialiser, without the underscore: it warns."""
    new = function.__name__

    @functools.wraps(function)
    def old(*args, **kwargs):
        warnings.warn(
            f"nn.init.{new[:-1]} is deprecated; use nn.init.{new}.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = new[:-1]
    old.__doc__ = f"The old name of `{new}`: it warns and calls it."
    return old


uniform = _deprecated(simple.uniform_)
normal = _deprecated(simple.normal_)
constant = _deprecated(simple.constant_)
eye = _deprecated(simple.eye_)
dirac = _deprecated(simple.dirac_)
sparse = _deprecated(simple.sparse_)
xavier_uniform = _deprecated(scaled.xavier_uniform_)
xavier_normal = _deprecated(scaled.xavier_normal_)
kaiming_uniform = _deprecated(scaled.kaiming_uniform_)
kaiming_normal = _deprecated(scaled.kaiming_normal_)
orthogonal = _deprecated(scaled.orthogonal_)
