"""Units that draw their input towards 0: the shrinking ones, and softsign."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._blocks import blockwise, in_pieces, row
from rushlight._ops._select import zero_where
from rushlight._ops.specs import same_spec

# ------------------------------------------------------------- softshrink, hardshrink


def softshrink(input, lambd=0.5, *, out=None):
    """Elements drawn towards 0 by lambd, and 0 where they are within it.

    Args:
        input: (*), float.
        lambd: a number, not negative.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes, and for a negative lambd.

    >>> import rushlight
    >>> rushlight.nn.functional.softshrink(rushlight.tensor([-1.0, 0.2, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if out is not None:
        return call_out(SOFTSHRINK, (input,), out, lambd=lambd)
    return SOFTSHRINK.short(input, lambd=lambd)


def hardshrink(input, lambd=0.5, *, out=None):
    """Elements that are outside [-lambd, lambd], and 0 in place of the others.

    Args:
        input: (*), float.
        lambd: a number.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.hardshrink(rushlight.tensor([-1.0, 0.2, 2.0]))
    tensor([-1.,  0.,  2.])
    """
    if out is not None:
        return call_out(HARDSHRINK, (input,), out, lambd=lambd)
    return HARDSHRINK.short(input, lambd=lambd)


def _hardshrink_spec(x, *, lambd):
    refuse(x, "hardshrink", "biuc")
    return same_spec(x)


def _softshrink_spec(x, *, lambd):
    refuse(x, "softshrink", "biuc")
    if lambd < 0:
        raise ArgumentRuntimeError(
            explain(
                "softshrink()",
                expected="lambda to be at least 0",
                got=lambd,
                do="It is a distance from 0.",
            )
        )
    return same_spec(x)


def _softshrink_eager(backend, x, *, lambd):
    np = backend.np
    _softshrink_spec(x, lambd=lambd)

    def kernel(np, out, x):
        np.maximum(row(-lambd, x), x, out=out)
        np.minimum(row(lambd, x), out, out=out)
        np.subtract(x, out, out=out)

    return blockwise(np, kernel, x)


def _hardshrink_eager(backend, x, *, lambd):
    refuse(x, "hardshrink", "biuc")
    return _cut(backend.np, x, x, lambd)


def _cut(np, x, g, lambd):
    """g, and 0 where x is within lambd of 0."""

    def kernel(np, out, x, g):
        zero_where(np, out, np.less_equal(np.abs(x), lambd), g)

    return in_pieces(np, kernel, x, g)


def _softshrink_grad(g, *, x, lambd):
    return call(SHRINK_BACKWARD, g, x, lambd=lambd)


def _softshrink_lower(k, x, *, lambd):
    return k.sub(x, k.min(k.max(x, -lambd), lambd))


def _hardshrink_lower(k, x, *, lambd):
    return k.where(k.le(k.abs(x), k.const(lambd)), k.const(0), x)


def _backward_spec(g, x, *, lambd):
    return same_spec(x)


def _backward_eager(backend, g, x, *, lambd):
    return _cut(backend.np, x, g, lambd)


def _backward_grad(h, *, x, lambd):
    return call(SHRINK_BACKWARD, h, x, lambd=lambd), None


def _backward_lower(k, g, x, *, lambd):
    return k.where(k.le(k.abs(x), k.const(lambd)), k.const(0), g)


SOFTSHRINK = define(
    "softshrink",
    eager=_softshrink_eager,
    spec=_softshrink_spec,
    grad=_softshrink_grad,
    lower=_softshrink_lower,
)
HARDSHRINK = define(
    "hardshrink",
    eager=_hardshrink_eager,
    spec=_hardshrink_spec,
    grad=_softshrink_grad,
    lower=_hardshrink_lower,
)
SHRINK_BACKWARD = define(
    "shrink_backward",
    inputs="g x",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    lower=_backward_lower,
)
expose(softshrink, torch=False, method=False, functional=True)
expose(hardshrink, functional=True)

# --------------------------------------------------------------- tanhshrink, softsign


def tanhshrink(input):
    """``input - tanh(input)``.

    Args:
        input: (*), any dtype but bool.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.nn.functional.tanhshrink(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2384,  1.0360])
    """
    require_tensor(input, "tanhshrink()")
    return input - input.tanh()


def softsign(input):
    """Squash into (-1, 1): ``input / (1 + |input|)``.

    Args:
        input: (*), any dtype but bool.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.nn.functional.softsign(rushlight.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    require_tensor(input, "softsign()")
    return input / (input.abs() + 1)


expose(tanhshrink, torch=False, method=False, functional=True)
expose(softsign, torch=False, method=False, functional=True)
