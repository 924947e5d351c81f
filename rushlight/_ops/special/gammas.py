"""Incomplete gamma functions, the multivariate gamma function, zeta."""

import math

from rushlight._base.errors import ArgumentRuntimeError, UnsupportedError, explain
from rushlight._core.dispatch import call2
from rushlight._core.expose import expose
from rushlight._core.inplace import call_out
from rushlight._ops._arguments import require_tensor, to_out
from rushlight._ops.special import _gammas as arrays
from rushlight._ops.special._define import binary


def igamma(input, other, *, out=None):
    """The lower regularised incomplete gamma function.

        P(a, x) = 1 / Gamma(a) * integral from 0 to x of t**(a - 1) * exp(-t) dt

    Args:
        input: (*), any dtype but complex: a, at least 0.
        other: x, at least 0; broadcast with input.
        out: tensor to write the result to.

    Returns:
        Tensor: the broadcast shape; nan outside the domain.

    Raises:
        NotImplementedError: for complex tensors; on differentiating by a.

    >>> import rushlight
    >>> rushlight.igamma(rushlight.tensor(1.0), rushlight.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6321])
    """
    return _run(_gammainc, input, other, out, "igamma()")


def igammac(input, other, *, out=None):
    """The upper regularised incomplete gamma function, ``1 - igamma``.

    Args:
        input, other, out: as for `igamma`.

    Returns:
        Tensor: the broadcast shape; nan outside the domain.

    >>> import rushlight
    >>> rushlight.igammac(rushlight.tensor(1.0), rushlight.tensor([0.0, 1.0]))
    tensor([1.0000, 0.3679])
    """
    return _run(_gammaincc, input, other, out, "igammac()")


def _run(function, input, other, out, who):
    require_tensor(input, who)
    require_tensor(other, who, "other")
    inputs = (input, other)
    return (
        call2(function.op, *inputs)
        if out is None
        else call_out(function.op, inputs, out)
    )


def _density(g, x, y):
    return g * ((x - 1) * y.log() - y - x.lgamma()).exp()


def _refuse_a(needs, who):
    if needs[0]:
        raise UnsupportedError(
            explain(
                f"backward through {who}",
                expected="a gradient by 'other' only",
                got="the derivative by 'input' is not implemented",
                do="Detach the first argument.",
            )
        )


def _gammainc_grad(g, *, x, y, needs):
    _refuse_a(needs, "igamma()")
    return None, _density(g, x, y)


def _gammaincc_grad(g, *, x, y, needs):
    _refuse_a(needs, "igammac()")
    return None, -_density(g, x, y)


def _zeta_grad(g, *, x, y, needs):
    if needs[0]:
        raise UnsupportedError(
            explain(
                "backward through special.zeta()",
                expected="a gradient by 'other' only",
                got="the derivative by 'self' is not implemented",
                do="Detach the first argument.",
            )
        )
    return None, -g * x * zeta(x + 1, y)


_gammainc = binary("gammainc", arrays.gammainc, "P(a, x).", _gammainc_grad)
_gammaincc = binary("gammaincc", arrays.gammaincc, "Q(a, x).", _gammaincc_grad)
zeta = binary(
    "zeta",
    arrays.zeta,
    "Hurwitz's zeta: the sum of ``(k + q)**-x``.",
    _zeta_grad,
)
expose(igamma, inplace=_gammainc.op, inplace_torch=False)
expose(igammac, inplace=_gammaincc.op, inplace_torch=False)


def mvlgamma(input, p, *, out=None):
    """The logarithm of the multivariate gamma function of dimension p.

        p * (p - 1) / 4 * log(pi) + sum over i < p of lgamma(input - i / 2)

    Args:
        input: (*), any dtype but complex, above (p - 1) / 2.
        p: int, at least 1.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape; integers give the default float dtype.

    Raises:
        RuntimeError: for p < 1.

    >>> import rushlight
    >>> rushlight.mvlgamma(rushlight.tensor([2.0]), 2)
    tensor([0.4516])
    """
    require_tensor(input, "mvlgamma()")
    if p < 1:
        raise ArgumentRuntimeError(
            explain(
                "mvlgamma()",
                expected="p has to be greater than or equal to 1",
                got=p,
                do="Pass the dimension.",
            )
        )
    halves = input.new_tensor([-i / 2 for i in range(p)], dtype=_float_of(input))
    total = (input.unsqueeze(-1) + halves).lgamma().sum(-1)
    result = total + p * (p - 1) / 4 * math.log(math.pi)
    return result if out is None else to_out(result, out, "mvlgamma()")


def _float_of(input):
    from rushlight._base import config

    return input.dtype if input.is_floating_point() else config.default_dtype()


expose(mvlgamma, inplace=True, inplace_torch=False)
