"""Units that are linear above 0 and exponential below: elu, selu, celu."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import inplace as write_into
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._blocks import blockwise, row
from rushlight._ops._select import select_into
from rushlight._ops.specs import same_spec

# Klambauer et al., Self-Normalizing Neural Networks, 2017, https://arxiv.org/abs/1706.02515
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def elu(input, alpha=1.0, inplace=False):
    """``input`` where it is positive, ``alpha * (e**input - 1)`` elsewhere.

    Args:
        input: (*), float.
        alpha: a number.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    See:
        https://arxiv.org/abs/1511.07289

    >>> import rushlight
    >>> rushlight.nn.functional.elu(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _run(ELU, input, inplace, alpha, 1.0, 1.0)


def elu_(input, alpha=1.0):
    """In-place form of `elu`: writes into ``input`` and returns it."""
    return _run(ELU, input, True, alpha, 1.0, 1.0)


def selu(input, inplace=False):
    """A scaled `elu` whose outputs tend to mean 0 and variance 1.

    Args:
        input: (*), float.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes.

    See:
        https://arxiv.org/abs/1706.02515

    >>> import rushlight
    >>> rushlight.selu(rushlight.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return _run(ELU, input, inplace, SELU_ALPHA, SELU_SCALE, 1.0)


def selu_(input):
    """In-place form of `selu`: writes into ``input`` and returns it."""
    return selu(input, inplace=True)


def celu(input, alpha=1.0, inplace=False):
    """As `elu`, smooth for every alpha: ``alpha * (e**(input / alpha) - 1)`` below 0.

    Args:
        input: (*), float.
        alpha: a number other than 0.
        inplace: write into input and return it.

    Returns:
        Tensor: same shape and dtype.

    Raises:
        RuntimeError: for other dtypes, and for an alpha of 0.

    See:
        https://arxiv.org/abs/1704.07483

    >>> import rushlight
    >>> rushlight.celu(rushlight.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    if alpha == 0:
        raise ArgumentRuntimeError(
            explain(
                "celu()",
                expected="an alpha other than 0",
                got="0, a ZeroDivisionError",
                do="Use relu() for a corner at 0.",
            )
        )
    return _run(CELU, input, inplace, alpha, 1.0, 1.0 / alpha)


def celu_(input, alpha=1.0):
    """In-place form of `celu`: writes into ``input`` and returns it."""
    return celu(input, alpha, inplace=True)


def _run(op, input, inplace, alpha, scale, input_scale):
    attrs = {"alpha": alpha, "scale": scale, "input_scale": input_scale}
    if inplace:
        return write_into(op, input, **attrs)
    return op.short(input, **attrs)


def _elu_spec(x, *, alpha, scale, input_scale):
    refuse(x, "elu", "biuc")
    return same_spec(x)


def _elu_eager(backend, x, *, alpha, scale, input_scale):
    refuse(x, "elu", "biuc")

    def bend(np, out, x):
        np.minimum(row(0, x), x, out=out)  # in this order -0 stays -0
        if input_scale != 1:
            np.multiply(out, input_scale, out=out)
        np.expm1(out, out=out)
        np.multiply(out, alpha * scale, out=out)
        positive = np.maximum(row(0, x), x)
        np.add(out, positive if scale == 1 else positive * scale, out=out)

    return blockwise(backend.np, bend, x)


def _elu_grad(g, *, x, alpha, scale, input_scale):
    attrs = {"alpha": alpha, "scale": scale, "input_scale": input_scale}
    return call(ELU_BACKWARD, g, x, **attrs)


def _elu_lower(k, x, *, alpha, scale, input_scale):
    zero, one = k.const(0), k.const(1)
    low = k.sub(k.exp(k.mul(k.min(x, zero), k.const(input_scale))), one)
    return k.where(
        k.le(x, zero), k.mul(low, k.const(alpha * scale)), k.mul(x, k.const(scale))
    )


def _backward_spec(g, x, **attrs):
    return same_spec(x)


def _backward_eager(backend, g, x, *, alpha, scale, input_scale):
    def slope(np, out, x, g):
        np.minimum(row(0, x), x, out=out)
        np.multiply(out, input_scale, out=out)
        np.exp(out, out=out)
        np.multiply(out, g, out=out)
        np.multiply(out, input_scale * alpha * scale, out=out)
        linear = g if scale == 1 else np.multiply(g, scale)
        select_into(np, out, np.less_equal(x, 0), out, linear)

    return blockwise(backend.np, slope, x, g)


def _backward_grad(h, *, g, x, alpha, scale, input_scale, needs):
    attrs = {"alpha": alpha, "scale": scale, "input_scale": input_scale}
    bend = (x * input_scale).exp() * (input_scale * input_scale * alpha * scale)
    return (
        call(ELU_BACKWARD, h, x, **attrs) if needs[0] else None,
        (h * g * bend).where(x <= 0, 0) if needs[1] else None,
    )


def _backward_lower(k, g, x, *, alpha, scale, input_scale):
    low = k.exp(k.mul(x, k.const(input_scale)))
    low = k.mul(low, k.const(input_scale * alpha * scale))
    return k.mul(g, k.where(k.le(x, k.const(0)), low, k.const(scale)))


def _define(name, node=None):
    return define(
        name,
        eager=_elu_eager,
        spec=_elu_spec,
        grad=_elu_grad,
        lower=_elu_lower,
        node=node,
    )


ELU = _define("elu")
CELU = _define("celu")
ELU_BACKWARD = define(
    "elu_backward",
    inputs="g x",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    lower=_backward_lower,
)
expose(elu, torch=False, method=False, functional=True)
expose(elu_, torch=False, method=False, functional=True)
for _function in (selu, selu_, celu, celu_):
    expose(_function, method=False, functional=True)
