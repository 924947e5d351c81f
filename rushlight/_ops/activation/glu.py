"""The gated linear unit: one half of the input weighed by the sigmoid of the other."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse
from rushlight._ops._arrays import wide
from rushlight._ops.specs import same_spec


def glu(input, dim=-1):
    """``a * sigmoid(b)``, where a and b are the two halves of the input.

    Args:
        input: (*, 2n, *), float.
        dim: the dimension that is halved; its size must be even.

    Returns:
        Tensor: (*, n, *), same dtype.

    Raises:
        RuntimeError: for an odd size, a tensor without dimensions and other dtypes.
        IndexError: for a dimension out of range.

    See:
        https://arxiv.org/abs/1612.08083

    >>> import rushlight
    >>> rushlight.nn.functional.glu(rushlight.tensor([2.0, 0.0]))
    tensor([1.])
    """
    return GLU.short(input, dim=dim)


def _glu_spec(x, *, dim):
    refuse(x, "glu", "biuc")
    size = x.shape[wrap_dim(dim, len(x.shape), "glu()")] if x.shape else 1
    if size % 2:
        raise ArgumentRuntimeError(
            explain(
                "glu()",
                expected=f"an even size of dimension {dim}, which is halved",
                got=f"size {size}",
                do="Give it twice as many channels as come out.",
            )
        )
    shape = list(x.shape)
    shape[dim] //= 2
    return Spec(shape, x.dtype)


def _glu_eager(backend, x, *, dim):
    np = backend.np
    half = _glu_spec(x, dim=dim).shape[dim]
    before = (slice(None),) * (dim % x.ndim)
    value, gate = wide(x[(*before, slice(half))]), wide(x[(*before, slice(half, None))])
    weight = np.exp(-gate)
    return np.divide(value, np.add(weight, 1)).astype(x.dtype, copy=False)


def _glu_grad(g, *, x, dim):
    half = x.shape[dim] // 2
    value, gate = x.narrow(dim, 0, half), x.narrow(dim, half, half).sigmoid()
    scaled = g * gate
    return call(JOIN_HALVES, scaled, scaled * value * (1 - gate), dim=dim)


def _join_spec(a, b, *, dim):
    shape = list(a.shape)
    shape[dim] *= 2
    return Spec(shape, same_spec(a).dtype)


def _join_eager(backend, a, b, *, dim):
    return backend.np.concatenate((a, b), dim)


def _join_grad(g, *, dim):
    half = g.shape[dim] // 2
    return g.narrow(dim, 0, half), g.narrow(dim, half, half)


def _glu_lower(k, x, *, dim):
    half, before = x.shape[dim] // 2, (slice(None),) * (dim % x.ndim)
    value = k.slice(x, (*before, slice(half)))
    gate = k.slice(x, (*before, slice(half, None)))
    return k.div(value, k.add(k.exp(k.neg(gate)), 1))


def _join_lower(k, a, b, *, dim):
    return k.join([a, b], dim)


GLU = define("glu", eager=_glu_eager, spec=_glu_spec, grad=_glu_grad, lower=_glu_lower)
JOIN_HALVES = define(
    "join_halves",
    inputs="a b",
    eager=_join_eager,
    spec=_join_spec,
    grad=_join_grad,
    node="CatBackward0",
    lower=_join_lower,
)
expose(glu, torch=False, method=False, functional=True)
