"""Sizes and signs: abs, sign, sgn, signbit, copysign."""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose, mutate
from rushlight._core.inplace import call_out
from rushlight._core.table import FLOAT, define
from rushlight._core.tensor import Tensor, attach
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops.specs import float_spec, same_spec

# ------------------------------------------------------------------------------- abs


def abs(input, *, out=None):
    """The absolute value, ``|input|``; of complex numbers the modulus.

    Args:
        input: (*), any dtype but bool.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype; complex gives the float dtype of its parts.

    Raises:
        RuntimeError: for a bool tensor.

    >>> import rushlight
    >>> rushlight.abs(rushlight.tensor([1, -2]))
    tensor([1, 2])
    """
    return ABS.short(input) if out is None else call_out(ABS, (input,), out)


def _abs_spec(x):
    refuse(x, "abs_cpu", "b")
    return Spec(x.shape, BY_NUMPY[x.dtype].to_real().numpy)


def _abs_eager(backend, x):
    if x.dtype.kind == "b":
        refuse(x, "abs_cpu", "b")
    return backend.np.abs(x)


def _abs_grad(g, *, x):
    return g * x.sgn()


def _abs_lower(k, x):
    return k.abs(x)


ABS = define("abs", eager=_abs_eager, spec=_abs_spec, grad=_abs_grad, lower=_abs_lower)


def abs_(input):
    """In-place form of `abs`: writes into ``input`` and returns it."""
    require_tensor(input, "abs_()")
    if input._array.dtype.kind == "c":
        raise DtypeError(
            explain(
                "abs_()",
                expected="a real tensor",
                got=f"{input.dtype}: in-place abs is not supported for complex tensors",
                do="Use abs(), whose result is real.",
            )
        )
    return mutate(abs, input, (), {}, "abs")


expose(abs, aliases=["absolute"])
expose(abs_)
expose(abs_, torch=False, name="absolute_")
attach("__abs__", lambda self: ABS.short(self))

# ------------------------------------------------------------------------- sign, sgn


def sign(input, *, out=None):
    """The sign: -1, 0 or 1; of nan 0.

    Args:
        input: (*), any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for a complex tensor (`sgn` takes it).

    >>> import rushlight
    >>> rushlight.sign(rushlight.tensor([0.5, 0.0, -3.0]))
    tensor([ 1.,  0., -1.])
    """
    return SIGN.short(input) if out is None else call_out(SIGN, (input,), out)


def _sign_spec(x):
    refuse(x, "torch.sign, which unlike sgn", "c")
    return same_spec(x)


def _sign_eager(backend, x):
    refuse(x, "torch.sign, which unlike sgn", "c")
    return _sgn_eager(backend, x)


def _sign_grad(g):
    return g.new_zeros(g.shape)


def _sign_lower(k, x):
    if x.dtype == "bool":
        return x
    below = k.where(k.lt(x, 0), k.const_like(-1, x), 0)
    return k.where(k.lt(0, x), 1, below)


SIGN = define(
    "sign", eager=_sign_eager, spec=_sign_spec, grad=_sign_grad, lower=_sign_lower
)
expose(sign, inplace=SIGN, inplace_torch=False)


def sgn(input, *, out=None):
    """The sign; of complex numbers ``input / |input|``, and 0 for 0.

    Args:
        input: (*), any dtype.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.sgn(rushlight.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])
    """
    return SGN.short(input) if out is None else call_out(SGN, (input,), out)


def _sgn_eager(backend, x):
    if x.dtype.kind == "b":
        return x.copy()
    if x.dtype.kind == "c":
        return _complex_sgn(backend.np, x)
    np = backend.np
    above, below = np.greater(x, 0), np.less(x, 0)
    return np.subtract(above.view(np.int8), below.view(np.int8)).astype(x.dtype)


def _complex_sgn(np, x):
    size = np.abs(x)
    return np.divide(x, size, out=np.zeros_like(x), where=size != 0)


def _sgn_grad(g, *, x):
    if not x.is_complex():
        return g.new_zeros(g.shape)
    direction, size = x.sgn(), x.abs()
    slope = (g - (g * direction.conj()).real * direction) / size
    return slope.where(size != 0, 0)


SGN = define("sgn", eager=_sgn_eager, spec=same_spec, grad=_sgn_grad, lower=_sign_lower)
expose(sgn, inplace=SGN, inplace_torch=False)

# ----------------------------------------------------------------- signbit, copysign


def signbit(input, *, out=None):
    """Whether the sign bit is set: negative numbers and -0.

    Args:
        input: (*), any dtype but complex.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape, bool.

    Raises:
        RuntimeError: for a complex tensor.

    >>> import rushlight
    >>> rushlight.signbit(rushlight.tensor([1.0, -0.0]))
    tensor([False,  True])
    """
    return SIGNBIT.short(input) if out is None else call_out(SIGNBIT, (input,), out)


def _signbit_spec(x):
    refuse(x, "signbit", "c")
    return Spec(x.shape, bool)


def _signbit_eager(backend, x):
    refuse(x, "signbit", "c")
    if x.dtype.kind in "fV":
        return backend.np.signbit(x)
    return backend.np.less(x, 0)


SIGNBIT = define("signbit", eager=_signbit_eager, spec=_signbit_spec)
expose(signbit)


def copysign(input, other, *, out=None):
    """The size of ``input`` with the sign of ``other``.

    Args:
        input: (*), any dtype but complex.
        other: a tensor of a shape that broadcasts, or a number.
        out: tensor to write the result to.

    Returns:
        Tensor: of the broadcast shape and the promoted dtype; integers give the default
        float dtype.

    Raises:
        RuntimeError: where the shapes do not broadcast, and for complex tensors.

    >>> import rushlight
    >>> rushlight.copysign(rushlight.tensor([1.0, -2.0]), -0.0)
    tensor([-1., -2.])
    """
    require_tensor(input, "copysign()")
    op = COPYSIGN
    return call2(op, input, other) if out is None else call_out(op, (input, other), out)


def _copysign_eager(backend, x, y):
    refuse(x, "copysign", "c")
    return backend.np.copysign(x, y)


def _copysign_spec(x, y):
    spec = float_spec(x, y)
    refuse(spec, "copysign", "c")
    return spec


def _copysign_grad(g, *, x, out, needs):
    slope = (out / x).where(x != 0, 0)
    return g * slope, g.new_zeros(g.shape) if needs[1] else None


def _copysign_node(inputs, attrs):
    return f"CopysignBackward{int(not isinstance(inputs[1], Tensor))}"


COPYSIGN = define(
    "copysign",
    inputs="x y",
    eager=_copysign_eager,
    spec=_copysign_spec,
    grad=_copysign_grad,
    promote=FLOAT,
    node=_copysign_node,
)
expose(copysign, inplace=COPYSIGN, inplace_torch=False)
