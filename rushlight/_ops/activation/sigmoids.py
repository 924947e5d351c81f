"""Logarithms of sigmoids: softplus, logsigmoid."""

from rushlight._core.dispatch import call, call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._blocks import blockwise, row
from rushlight._ops._select import select_into
from rushlight._ops.specs import same_spec

# -------------------------------------------------------------------------- softplus


def softplus(input, beta=1, threshold=20, *, out=None):
    """A smooth relu: ``log(1 + e**(beta * input)) / beta``.

    Args:
        input: (*), float.
        beta: how sharp the bend is.
        threshold: where ``beta * input`` is greater, the result is the input.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.nn.functional.softplus(rushlight.tensor([-1.0, 2.0]))
    tensor([0.3133, 2.1269])
    """
    if out is not None:
        return call_out(SOFTPLUS, (input,), out, beta=beta, threshold=threshold)
    return SOFTPLUS.short(input, beta=beta, threshold=threshold)


def _softplus_spec(x, *, beta, threshold):
    refuse(x, "softplus", "biuc")
    return same_spec(x)


def _softplus_eager(backend, x, *, beta, threshold):
    refuse(x, "softplus", "biuc")

    def kernel(np, out, x):
        np.multiply(x, beta, out=out)
        linear = np.greater(out, threshold)
        np.exp(out, out=out)
        np.log1p(out, out=out)
        np.divide(out, beta, out=out)
        select_into(np, out, linear, x, out)

    return blockwise(backend.np, kernel, x)


def _softplus_grad(g, *, x, beta, threshold):
    return call(SOFTPLUS_BACKWARD, g, x, beta=beta, threshold=threshold)


def _softplus_lower(k, x, *, beta, threshold):
    scaled, one = k.mul(x, k.const(beta)), k.const(1)
    bent = k.div(k.log(k.add(one, k.exp(scaled))), k.const(beta))
    return k.where(k.lt(k.const(threshold), scaled), x, bent)


def _softplus_backward_spec(g, x, *, beta, threshold):
    return same_spec(x)


def _softplus_backward_eager(backend, g, x, *, beta, threshold):
    def kernel(np, out, x, g):
        np.multiply(x, beta, out=out)
        linear = np.greater(out, threshold)
        np.negative(out, out=out)
        np.exp(out, out=out)
        np.add(out, 1, out=out)
        np.divide(g, out, out=out)
        select_into(np, out, linear, g, out)

    return blockwise(backend.np, kernel, x, g)


def _softplus_backward_grad(h, *, g, x, beta, threshold, needs):
    attrs = {"beta": beta, "threshold": threshold}
    s = (x * beta).sigmoid()
    bend = (s * (1 - s) * beta).where(x * beta <= threshold, 0)
    return (
        call(SOFTPLUS_BACKWARD, h, x, **attrs) if needs[0] else None,
        h * g * bend if needs[1] else None,
    )


def _softplus_backward_lower(k, g, x, *, beta, threshold):
    scaled, one = k.mul(x, k.const(beta)), k.const(1)
    bent = k.div(g, k.add(one, k.exp(k.neg(scaled))))
    return k.where(k.lt(k.const(threshold), scaled), g, bent)


SOFTPLUS = define(
    "softplus",
    eager=_softplus_eager,
    spec=_softplus_spec,
    grad=_softplus_grad,
    lower=_softplus_lower,
)
SOFTPLUS_BACKWARD = define(
    "softplus_backward",
    inputs="g x",
    eager=_softplus_backward_eager,
    spec=_softplus_backward_spec,
    grad=_softplus_backward_grad,
    lower=_softplus_backward_lower,
)
expose(softplus, torch=False, method=False, functional=True)

# ------------------------------------------------------------------------ logsigmoid


def logsigmoid(input, *, out=None):
    """``log(sigmoid(input))``, precise where the sigmoid is small.

    Args:
        input: (*), float.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.nn.functional.logsigmoid(rushlight.tensor([0.0, -100.0]))
    tensor([  -0.6931, -100.0000])
    """
    if out is not None:
        return call_out(LOGSIGMOID, (input,), out)
    return LOGSIGMOID.short(input)


def _logsigmoid_spec(x):
    refuse(x, "log_sigmoid", "biuc")
    return same_spec(x)


def _logsigmoid_eager(backend, x):
    refuse(x, "log_sigmoid", "biuc")
    return blockwise(backend.np, _logsigmoid_kernel, x)


def _logsigmoid_kernel(np, out, x):
    np.abs(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    np.subtract(np.minimum(row(0, x), x), out, out=out)


def _logsigmoid_grad(g, *, x):
    return call2(LOGSIGMOID_BACKWARD, g, x)


def _logsigmoid_lower(k, x):
    bent = k.log(k.add(k.const(1), k.exp(k.neg(k.abs(x)))))
    return k.sub(k.min(x, k.const(0)), bent)


def _logsigmoid_backward_spec(g, x):
    return same_spec(x)


def _logsigmoid_backward_eager(backend, g, x):
    return blockwise(backend.np, _logsigmoid_slope, x, g)


def _logsigmoid_slope(np, out, x, g):
    """g * sigmoid(-x)"""
    np.exp(x, out=out)
    np.add(out, 1, out=out)
    np.divide(g, out, out=out)


def _logsigmoid_backward_grad(h, *, g, x, needs):
    s = x.sigmoid()
    return (
        h * (1 - s) if needs[0] else None,
        -h * g * s * (1 - s) if needs[1] else None,
    )


def _logsigmoid_backward_lower(k, g, x):
    return k.div(g, k.add(k.const(1), k.exp(x)))


LOGSIGMOID = define(
    "logsigmoid",
    eager=_logsigmoid_eager,
    spec=_logsigmoid_spec,
    grad=_logsigmoid_grad,
    lower=_logsigmoid_lower,
    node="LogSigmoidBackward0",
)
LOGSIGMOID_BACKWARD = define(
    "logsigmoid_backward",
    inputs="g x",
    eager=_logsigmoid_backward_eager,
    spec=_logsigmoid_backward_spec,
    grad=_logsigmoid_backward_grad,
    lower=_logsigmoid_backward_lower,
    node="LogSigmoidBackwardBackward0",
)
expose(logsigmoid, torch=False, method=False, functional=True)
