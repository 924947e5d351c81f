"""Remainders: remainder, fmod, and gcd, lcm."""

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out, inplace2
from rushlight._core.table import SAME, define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import is_half
from rushlight._ops._operators import attach_operator
from rushlight._ops.arithmetic._lowered import fmod_lower, remainder_lower
from rushlight._ops.arithmetic.divide import check_divisor
from rushlight._ops.specs import pointwise_spec

# ------------------------------------------------------------------------- remainder


def remainder(input, other, *, out=None):
    """What division rounded down leaves: ``input - floor(input / other) * other``.

    Args:
        input, other: tensors of shapes that broadcast, or numbers; integers or floats.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype, with other's sign.

    Raises:
        RuntimeError: where the shapes do not broadcast, and where an integer is divided
            by zero.

    >>> import rushlight
    >>> rushlight.remainder(rushlight.tensor([7, -7]), 3)
    tensor([1, 2])
    """
    op = REMAINDER
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _remainder_eager(backend, x, y):
    np = backend.np
    if x.dtype.kind in "iu":
        check_divisor(np, y)
        return np.remainder(x, y)
    refuse(x, "remainder", "bc")
    if is_half(x):
        wide = _remainder_eager(backend, x.astype("float32"), np.asarray(y, "float32"))
        return wide.astype(x.dtype)
    left = np.asarray(np.fmod(x, y))
    # a zero keeps the dividend's sign, which np.remainder would drop
    np.add(left, y, out=left, where=(left != 0) & ((left < 0) != np.less(y, 0)))
    return left


def _remainder_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "remainder", "bc")
    return spec


def _remainder_grad(g, *, x, y, needs):
    return g, -g * x.div(y, rounding_mode="floor") if needs[1] else None


def _remainder_node(inputs, attrs):
    return f"RemainderBackward{int(hasattr(inputs[1], '_array'))}"


REMAINDER = define(
    "remainder",
    inputs="x y",
    eager=_remainder_eager,
    spec=_remainder_spec,
    grad=_remainder_grad,
    promote=SAME,
    saved_for={"x": "y", "y": "y"},
    node=_remainder_node,
    lower=remainder_lower,
    exact=True,
    passes=90,
)


def remainder_(input, other):
    """In-place form of `remainder`: writes into ``input`` and returns it."""
    return inplace2(REMAINDER, input, other)


expose(remainder)
expose(remainder_, torch=False)
attach_operator(
    "mod", REMAINDER, reflected=lambda self, other: call2(REMAINDER, other, self)
)

# ------------------------------------------------------------------------------ fmod


def fmod(input, other, *, out=None):
    """What division rounded towards zero leaves, as C's ``fmod``.

    Args:
        input, other, out: as for `remainder`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype, with input's sign.

    >>> import rushlight
    >>> rushlight.fmod(rushlight.tensor([7, -7]), 3)
    tensor([ 1, -1])
    """
    if out is None:
        return call2(FMOD, input, other)
    return call_out(FMOD, (input, other), out)


def _check_first(x, y):
    require_tensor(x, "fmod()")


def _fmod_eager(backend, x, y):
    if x.dtype.kind in "iu":
        check_divisor(backend.np, y)
    elif x.dtype.kind in "bc":
        refuse(x, "fmod", "bc")
    return backend.np.fmod(x, y)


def _fmod_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "fmod", "bc")
    return spec


def _fmod_grad(g, *, x, y, needs):
    return g, -g * x.div(y, rounding_mode="trunc") if needs[1] else None


def _fmod_node(inputs, attrs):
    return f"FmodBackward{int(hasattr(inputs[1], '_array'))}"


FMOD = define(
    "fmod",
    inputs="x y",
    eager=_fmod_eager,
    spec=_fmod_spec,
    grad=_fmod_grad,
    promote=SAME,
    saved_for={"x": "y", "y": "y"},
    node=_fmod_node,
    check=_check_first,
    lower=fmod_lower,
    exact=True,
    passes=90,
)


def fmod_(input, other):
    """In-place form of `fmod`: writes into ``input`` and returns it."""
    return inplace2(FMOD, input, other)


expose(fmod)
expose(fmod_, torch=False)

# -------------------------------------------------------------------------- gcd, lcm


def gcd(input, other, *, out=None):
    """The greatest common divisor of each pair of elements.

    Args:
        input, other: tensors of shapes that broadcast; integers.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype, not negative.

    Raises:
        RuntimeError: for other dtypes, and where the shapes do not broadcast.
        TypeError: for numbers.

    >>> import rushlight
    >>> rushlight.gcd(rushlight.tensor([12, -9]), rushlight.tensor([8, 6]))
    tensor([4, 3])
    """
    require_tensor(input, "gcd()")
    require_tensor(other, "gcd()", "other")
    if out is None:
        return call2(GCD, input, other)
    return call_out(GCD, (input, other), out)


def lcm(input, other, *, out=None):
    """The least common multiple of each pair of elements.

    Args:
        input, other, out: as for `gcd`.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype, not negative.

    >>> import rushlight
    >>> rushlight.lcm(rushlight.tensor([4, -3]), rushlight.tensor([6, 5]))
    tensor([12, 15])
    """
    require_tensor(input, "lcm()")
    require_tensor(other, "lcm()", "other")
    if out is None:
        return call2(LCM, input, other)
    return call_out(LCM, (input, other), out)


def _integers_spec(x, y):
    spec = pointwise_spec(x, y)
    refuse(spec, "gcd() and lcm()", "bfc")
    return spec


def _gcd_eager(backend, x, y):
    refuse(x, "gcd", "bfc")
    return backend.np.gcd(x, y)


def _lcm_eager(backend, x, y):
    refuse(x, "lcm", "bfc")
    return backend.np.lcm(x, y)


GCD = define("gcd", inputs="x y", eager=_gcd_eager, spec=_integers_spec, promote=SAME)
LCM = define("lcm", inputs="x y", eager=_lcm_eager, spec=_integers_spec, promote=SAME)
expose(gcd, inplace=GCD)
expose(lcm, inplace=LCM)
