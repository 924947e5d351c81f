"""Units that weigh their input by a sigmoid of it: silu, mish, hardswish."""

from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace as write_into
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._blocks import blockwise, row
from rushlight._ops.specs import same_spec

# ------------------------------------------------------------------------------ silu


def silu(input, inplace=False):
    """``input * sigmoid(input)``, also known as swish.

    Args:
        input: (*), float or complex.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    See:
        https://arxiv.org/abs/1606.08415

    >>> import rushlight
    >>> rushlight.nn.functional.silu(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """
    return write_into(SILU, input) if inplace else SILU.short(input)


def _silu_spec(x):
    refuse(x, "silu", "biu")
    return same_spec(x)


def _silu_eager(backend, x):
    refuse(x, "silu", "biu")
    return blockwise(backend.np, _silu_kernel, x)


def _silu_kernel(np, out, x):
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(x, out, out=out)


def _silu_grad(g, *, x):
    return call2(SILU_BACKWARD, g, x)


def _logistic(k, x):
    return k.div(k.const(1), k.add(k.const(1), k.exp(k.neg(x))))


def _silu_lower(k, x):
    return k.mul(x, _logistic(k, x))


def _silu_backward_spec(g, x):
    return same_spec(x)


def _silu_backward_eager(backend, g, x):
    return blockwise(backend.np, _silu_slope, x.conj() if x.dtype.kind == "c" else x, g)


def _silu_slope(np, out, x, g):
    """g * s * (1 + x * (1 - s)) with s = sigmoid(x)"""
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    np.divide(1, out, out=out)
    rest = np.subtract(1, out)
    np.multiply(rest, x, out=rest)
    np.add(rest, 1, out=rest)
    np.multiply(out, rest, out=out)
    np.multiply(out, g, out=out)


def _silu_backward_grad(h, *, g, x, needs):
    if not needs[1]:
        return call2(SILU_BACKWARD, h, x), None
    s = x.sigmoid()
    bend = s * (1 - s) * (2 + x * (1 - 2 * s))
    return (
        call2(SILU_BACKWARD, h, x) if needs[0] else None,
        h * (g * bend).conj() if x.is_complex() else h * g * bend,
    )


def _silu_backward_lower(k, g, x):
    one, s = k.const(1), _logistic(k, x)
    return k.mul(g, k.mul(s, k.add(one, k.mul(x, k.sub(one, s)))))


SILU = define(
    "silu", eager=_silu_eager, spec=_silu_spec, grad=_silu_grad, lower=_silu_lower
)
SILU_BACKWARD = define(
    "silu_backward",
    inputs="g x",
    eager=_silu_backward_eager,
    spec=_silu_backward_spec,
    grad=_silu_backward_grad,
    lower=_silu_backward_lower,
)
expose(silu, torch=False, method=False, functional=True)

# ------------------------------------------------------------------------------ mish


def mish(input, inplace=False):
    """``input * tanh(softplus(input))``.

    Args:
        input: (*), float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    See:
        https://arxiv.org/abs/1908.08681

    >>> import rushlight
    >>> rushlight.nn.functional.mish(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """
    return write_into(MISH, input) if inplace else MISH.short(input)


def _mish_spec(x):
    refuse(x, "mish", "biuc")
    return same_spec(x)


def _mish_eager(backend, x):
    refuse(x, "mish", "biuc")
    return blockwise(backend.np, _mish_kernel, x)


def _mish_kernel(np, out, x):
    _mish_weight(np, out, x)
    np.multiply(out, x, out=out)


def _mish_weight(np, out, x):
    """tanh(softplus(x)) = n / (n + 2), n = e * (e + 2), e = exp(x); 1 from 20 on."""
    np.minimum(row(20, x), x, out=out)
    np.exp(out, out=out)
    n = np.multiply(out, out + 2)
    np.divide(n, n + 2, out=out)


def _mish_grad(g, *, x):
    return call2(MISH_BACKWARD, g, x)


def _mish_lower(k, x):
    e = k.exp(k.min(x, k.const(20)))
    n = k.mul(e, k.add(e, k.const(2)))
    return k.mul(k.div(n, k.add(n, k.const(2))), x)


def _mish_backward_spec(g, x):
    return same_spec(x)


def _mish_backward_eager(backend, g, x):
    return blockwise(backend.np, _mish_slope, x, g)


def _mish_slope(np, out, x, g):
    """g * (t + x * sigmoid(x) * (1 - t**2)) with t = tanh(softplus(x))"""
    weight = np.empty_like(out)
    _mish_weight(np, weight, x)
    _silu_kernel(np, out, x)
    np.multiply(out, 1 - weight * weight, out=out)
    np.add(out, weight, out=out)
    np.multiply(out, g, out=out)


def _mish_backward_grad(h, *, g, x, needs):
    if not needs[1]:
        return call2(MISH_BACKWARD, h, x), None
    s, t = x.sigmoid(), x.exp().log1p().tanh()
    rise = s * (1 - t * t)
    bend = rise * (2 + x * (1 - s) - 2 * x * s * t)
    return call2(MISH_BACKWARD, h, x) if needs[0] else None, h * g * bend


MISH = define(
    "mish", eager=_mish_eager, spec=_mish_spec, grad=_mish_grad, lower=_mish_lower
)


def _mish_backward_lower(k, g, x):
    e = k.exp(k.min(x, k.const(20)))
    n = k.mul(e, k.add(e, k.const(2)))
    t = k.div(n, k.add(n, k.const(2)))
    rise = k.mul(_silu_lower(k, x), k.sub(k.const(1), k.square(t)))
    return k.mul(g, k.add(t, rise))


MISH_BACKWARD = define(
    "mish_backward",
    inputs="g x",
    eager=_mish_backward_eager,
    spec=_mish_backward_spec,
    grad=_mish_backward_grad,
    lower=_mish_backward_lower,
)
expose(mish, torch=False, method=False, functional=True)

# ------------------------------------------------------------- hardsigmoid, hardswish


def hardsigmoid(input, inplace=False):
    """A sigmoid of straight lines: ``input / 6 + 1 / 2``, brought into [0, 1].

    Args:
        input: (*), float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.nn.functional.hardsigmoid(rushlight.tensor([-4.0, 0.0, 1.0]))
    tensor([0.0000, 0.5000, 0.6667])
    """
    return write_into(HARDSIGMOID, input) if inplace else HARDSIGMOID.short(input)


def hardswish(input, inplace=False):
    """``input * hardsigmoid(input)``.

    Args:
        input: (*), float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    See:
        https://arxiv.org/abs/1905.02244

    >>> import rushlight
    >>> rushlight.nn.functional.hardswish(rushlight.tensor([-4.0, 1.0, 5.0]))
    tensor([-0.0000, 0.6667, 5.0000])
    """
    return write_into(HARDSWISH, input) if inplace else HARDSWISH.short(input)


def _hard_spec(x):
    refuse(x, "hardsigmoid() and hardswish()", "biuc")
    return same_spec(x)


def _six(np, out, x):
    """relu6(x + 3) into out"""
    np.add(x, 3, out=out)
    np.maximum(row(0, x), out, out=out)
    np.minimum(row(6, x), out, out=out)


def _hardsigmoid_eager(backend, x):
    refuse(x, "hardsigmoid", "biuc")

    def kernel(np, out, x):
        _six(np, out, x)
        np.divide(out, 6, out=out)

    return blockwise(backend.np, kernel, x)


def _hardswish_eager(backend, x):
    refuse(x, "hardswish", "biuc")

    def kernel(np, out, x):
        _six(np, out, x)
        np.multiply(out, x, out=out)
        np.divide(out, 6, out=out)

    return blockwise(backend.np, kernel, x)


#: PyTorch's slope, rounded to float32 for float64 as well.
_SIXTH = 0.16666667163372040


def _hardsigmoid_grad(g, *, x):
    return (g * _SIXTH).where((x > -3) & (x < 3), 0)


def _hardswish_grad(g, *, x):
    slope = (g * (x / 3 + 0.5)).where(~(x >= 3) & (x == x), g)
    return slope.where(~(x <= -3), 0)


def _six_lower(k, x):
    return k.min(k.max(k.add(x, k.const(3)), k.const(0)), k.const(6))


def _hardsigmoid_lower(k, x):
    return k.div(_six_lower(k, x), k.const(6))


def _hardswish_lower(k, x):
    return k.div(k.mul(_six_lower(k, x), x), k.const(6))


HARDSIGMOID = define(
    "hardsigmoid",
    eager=_hardsigmoid_eager,
    spec=_hard_spec,
    grad=_hardsigmoid_grad,
    lower=_hardsigmoid_lower,
)
HARDSWISH = define(
    "hardswish",
    eager=_hardswish_eager,
    spec=_hard_spec,
    grad=_hardswish_grad,
    lower=_hardswish_lower,
)
expose(hardsigmoid, torch=False, method=False, functional=True)
expose(hardswish, torch=False, method=False, functional=True)
