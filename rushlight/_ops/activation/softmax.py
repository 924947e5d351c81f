"""Softmax and its like: softmax, log_softmax, softmin, gumbel_softmax."""

import warnings
from weakref import ref

from rushlight._base.dtype import dtype as dtype_type
from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._base.shape import wrap_dim
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.guarding import GUARDS
from rushlight._core.inplace import put_out
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, require_tensor
from rushlight._ops._arrays import add_reduce
from rushlight._ops._blocks import by_rows
from rushlight._ops.specs import same_spec

# -------------------------------------------------------------------------- softmax


def softmax(input, dim, dtype=None, *, out=None):
    """Weights that sum to 1: ``e**x / sum(e**x)`` along a dimension.

    Args:
        input: (*), float.
        dim: the dimension along which they sum to 1.
        dtype: to convert to before; so any dtype may come in.
        out: tensor to write the result to.

    Returns:
        Tensor: same shape.

    Raises:
        IndexError: for a dimension out of range.
        RuntimeError: for other dtypes.

    >>> import rushlight
    >>> rushlight.softmax(rushlight.tensor([0.0, 1.0]), 0)
    tensor([0.2689, 0.7311])
    """
    return _run(SOFTMAX, input, dim, dtype, out)


def log_softmax(input, dim, dtype=None, *, out=None):
    """The logarithm of `softmax`, without loss of precision: ``x - log(sum(e**x))``.

    Args:
        input, dim, dtype, out: as for `softmax`.

    Returns:
        Tensor: same shape.

    >>> import rushlight
    >>> rushlight.log_softmax(rushlight.tensor([0.0, 1.0]), 0)
    tensor([-1.3133, -0.3133])
    """
    return _run(LOG_SOFTMAX, input, dim, dtype, out)


def _run(op, input, dim, dtype, out=None):
    if dtype is not None:
        input = _converted(input, dtype, op.name)
    result = op.short(input, dim=dim)
    if result._edge is None and GUARDS.on:
        GUARDS.made.append((ref(result), op.name))
    return result if out is None else put_out(result, out, f"{op.name}()")


def _converted(input, dtype, who):
    require_tensor(input, f"{who}()")
    if not isinstance(dtype, dtype_type):
        raise ArgumentTypeError(
            explain(
                f"{who}()",
                expected="argument 'dtype' to be a torch.dtype",
                got=type(dtype).__name__,
                do="Pass a dtype such as torch.float32.",
            )
        )
    return input if input.dtype is dtype else input.to(dtype)


def _softmax_spec(x, *, dim):
    wrap_dim(dim, len(x.shape), "softmax()")
    refuse(x, "softmax", "biuc")
    return same_spec(x)


def _softmax_eager(backend, x, *, dim):
    dim = wrap_dim(dim, x.ndim, "softmax()")
    refuse(x, "softmax", "biuc")
    return by_rows(backend.np, _softmax_kernel, x, dim)


# Note [Softmax without a shift]
# The largest of a row is subtracted so that exp does not overflow; in rows of a usual
# size, finding it takes longer than exp.  Where the largest of all is below 40, nothing
# can overflow, and where no sum is tiny, nothing that counts was lost by underflow:
# then exp of the values as they are is as exact, or more.


def _softmax_kernel(np, out, x, dim):
    if x.size >= 4096 and np.maximum.reduce(x, None) < 40:
        np.exp(x, out=out)
        total = add_reduce(np, out, dim, True)
        if np.minimum.reduce(total, None) > 1e-4:
            np.divide(out, total, out=out)
            return
    np.subtract(x, _largest(np, x, dim), out=out)
    np.exp(out, out=out)
    np.divide(out, add_reduce(np, out, dim, True), out=out)


def _largest(np, x, dim):
    """The largest along a dimension, which is kept."""
    if x.ndim == 2 and dim == 1 and x.shape[1] <= 16 < x.shape[0]:
        columns = np.maximum.reduce(np.ascontiguousarray(x.T), 0)
        return columns.reshape(-1, 1)
    return np.maximum.reduce(x, dim, None, None, True)


def _softmax_grad(g, *, out, dim):
    return call(SOFTMAX_BACKWARD, g, out, dim=dim)


def _softmax_lower(k, x, *, dim):
    e = k.exp(k.sub(x, k.reduce("max", x, dim, True)))
    return k.div(e, k.reduce("add", e, dim, True))


def _backward_spec(g, y, *, dim):
    return same_spec(y)


def _softmax_backward_eager(backend, g, y, *, dim):
    return by_rows(backend.np, _softmax_slope, y, wrap_dim(dim, y.ndim), g)


def _softmax_slope(np, out, y, dim, g):
    """(g - sum(g * y)) * y"""
    np.multiply(g, y, out=out)
    total = add_reduce(np, out, dim, True)
    np.subtract(g, total, out=out)
    np.multiply(out, y, out=out)


def _softmax_backward_grad(h, *, g, y, dim, needs):
    total = (g * y).sum(dim, keepdim=True)
    return (
        call(SOFTMAX_BACKWARD, h, y, dim=dim) if needs[0] else None,
        h * (g - total) - g * (h * y).sum(dim, keepdim=True) if needs[1] else None,
    )


def _softmax_backward_lower(k, g, y, *, dim):
    return k.mul(k.sub(g, k.reduce("add", k.mul(g, y), dim, True)), y)


SOFTMAX = define(
    "softmax",
    eager=_softmax_eager,
    spec=_softmax_spec,
    grad=_softmax_grad,
    lower=_softmax_lower,
)
SOFTMAX_BACKWARD = define(
    "softmax_backward",
    inputs="g y",
    eager=_softmax_backward_eager,
    spec=_backward_spec,
    grad=_softmax_backward_grad,
    lower=_softmax_backward_lower,
    node="SoftmaxBackwardDataBackward0",
)
expose(softmax)

# ----------------------------------------------------------------------- log_softmax


def _log_softmax_eager(backend, x, *, dim):
    dim = wrap_dim(dim, x.ndim, "log_softmax()")
    refuse(x, "log_softmax", "biuc")
    return by_rows(backend.np, _log_softmax_kernel, x, dim)


def _log_softmax_kernel(np, out, x, dim):
    np.subtract(x, _largest(np, x, dim), out=out)
    total = add_reduce(np, np.exp(out), dim, True)
    np.subtract(out, np.log(total), out=out)


def _log_softmax_grad(g, *, out, dim):
    return call(LOG_SOFTMAX_BACKWARD, g, out, dim=dim)


def _log_softmax_lower(k, x, *, dim):
    shifted = k.sub(x, k.reduce("max", x, dim, True))
    return k.sub(shifted, k.log(k.reduce("add", k.exp(shifted), dim, True)))


def _log_softmax_backward_eager(backend, g, y, *, dim):
    return by_rows(backend.np, _log_softmax_slope, y, wrap_dim(dim, y.ndim), g)


def _log_softmax_slope(np, out, y, dim, g):
    """g - e**y * sum(g)"""
    np.exp(y, out=out)
    np.multiply(out, add_reduce(np, g, dim, True), out=out)
    np.subtract(g, out, out=out)


def _log_softmax_backward_grad(h, *, g, y, dim, needs):
    weights = y.exp()
    return (
        h - (h * weights).sum(dim, keepdim=True) if needs[0] else None,
        -h * weights * g.sum(dim, keepdim=True) if needs[1] else None,
    )


def _log_softmax_backward_lower(k, g, y, *, dim):
    return k.sub(g, k.mul(k.exp(y), k.reduce("add", g, dim, True)))


LOG_SOFTMAX = define(
    "log_softmax",
    eager=_log_softmax_eager,
    spec=_softmax_spec,
    grad=_log_softmax_grad,
    lower=_log_softmax_lower,
)
LOG_SOFTMAX_BACKWARD = define(
    "log_softmax_backward",
    inputs="g y",
    eager=_log_softmax_backward_eager,
    spec=_backward_spec,
    grad=_log_softmax_backward_grad,
    lower=_log_softmax_backward_lower,
    node="LogSoftmaxBackwardDataBackward0",
)
expose(log_softmax)

# ---------------------------------------------------------- as torch.nn.functional's


def _chosen_dim(input, dim, name, stacklevel):
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def _functional_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """Weights that sum to 1 along a dimension; see `rushlight.softmax`.

    Args:
        input: (*), float.
        dim: the dimension; left out, 0 or 1, with a warning.
        dtype: to convert to before.

    Returns:
        Tensor: same shape.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.nn.functional.softmax(rushlight.tensor([0.0, 1.0]), dim=0)
    tensor([0.2689, 0.7311])
    """
    dim = _chosen_dim(input, dim, "softmax", _stacklevel)
    return _run(SOFTMAX, input, dim, dtype)


def _functional_log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """The logarithm of softmax; see `rushlight.log_softmax`.

    Args:
        input, dim, dtype: as for `rushlight.nn.functional.softmax`.

    Returns:
        Tensor: same shape.

    >>> import rushlight
    >>> rushlight.nn.functional.log_softmax(rushlight.tensor([0.0, 1.0]), dim=0)
    tensor([-1.3133, -0.3133])
    """
    dim = _chosen_dim(input, dim, "log_softmax", _stacklevel)
    return _run(LOG_SOFTMAX, input, dim, dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """Softmax of the negative input.

    Args:
        input, dim, dtype: as for `rushlight.nn.functional.softmax`.

    Returns:
        Tensor: same shape.

    >>> import rushlight
    >>> rushlight.nn.functional.softmin(rushlight.tensor([0.0, 1.0]), dim=0)
    tensor([0.7311, 0.2689])
    """
    dim = _chosen_dim(input, dim, "softmin", _stacklevel)
    return _run(SOFTMAX, -input, dim, dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """Softmax of logits with Gumbel noise: a random choice that has a gradient.

    Args:
        logits: (*), float.
        tau: temperature; the smaller, the closer to a choice of one.
        hard: give 1 to the largest and 0 to the others, with the soft gradient.
        eps: not used; it warns.
        dim: the dimension along which one is chosen.

    Returns:
        Tensor: same shape.

    Raises:
        IndexError: for a dimension out of range.

    See:
        https://arxiv.org/abs/1611.01144

    >>> import rushlight
    >>> rushlight.nn.functional.gumbel_softmax(rushlight.zeros(3), hard=True).sum()
    tensor(1.)
    """
    require_tensor(logits, "gumbel_softmax()", "logits")
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -logits.detach().clone().exponential_().log()
    soft = _run(SOFTMAX, (logits + noise) / tau, dim, None)
    if not hard:
        return soft
    index = soft.detach().argmax(dim, keepdim=True)
    return soft.new_zeros(soft.shape).scatter_(dim, index, 1.0) - soft.detach() + soft


for _name, _function in (
    ("softmax", _functional_softmax),
    ("log_softmax", _functional_log_softmax),
    ("softmin", softmin),
    ("gumbel_softmax", gumbel_softmax),
):
    expose(_function, torch=False, method=False, functional=True, name=_name)
