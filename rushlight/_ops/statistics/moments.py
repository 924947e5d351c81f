"""Covariances and correlations of variables."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import expose
from rushlight._ops._arguments import require_tensor


def _fail(expected, got, do):
    raise ArgumentRuntimeError(explain("cov()", expected=expected, got=got, do=do))


def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariance matrix of variables, whose observations are columns.

    Args:
        input: (variables, observations), or (observations,) of one variable.
        correction: subtracted from the number of observations.
        fweights: (observations,), int: how often each was seen.
        aweights: (observations,), float: how much each counts.

    Returns:
        Tensor: (variables, variables), or () for one variable.

    Raises:
        RuntimeError: for more than two dimensions, bool, or weights that do not fit.

    >>> import rushlight
    >>> rushlight.cov(rushlight.tensor([[0.0, 2.0], [1.0, 1.0]]))
    tensor([[2., 0.],
            [0., 0.]])
    """
    require_tensor(input, "cov()")
    if input.ndim > 2 or input.dtype.name == "bool":
        _fail(
            "input to have two or fewer dimensions, and not to be bool",
            f"{input.ndim} dimensions of {input.dtype}",
            "Variables are rows.",
        )
    x = input.reshape(1, -1) if input.ndim < 2 else input
    count = x.shape[1]
    weights = _weights(fweights, aweights, count)
    if weights is None:
        total = x.new_tensor(count)
        mean = x.sum(1, keepdim=True) / max(count, 1)
        norm = total - correction
    else:
        total = weights.sum()
        mean = (x * weights).sum(1, keepdim=True) / total
        norm = total - correction
        if correction and aweights is not None:
            norm = total - correction * (weights * aweights).sum() / total
    gap = x - mean
    other = gap if weights is None else gap * weights
    found = other @ (gap.mT.conj() if gap.is_complex() else gap.mT)
    norm = norm.real if norm.is_complex() else norm
    found = found / norm.clamp(min=0)
    return found.squeeze() if input.ndim < 2 or x.shape[0] == 1 else found


def _weights(fweights, aweights, count):
    for name, weights in (("fweights", fweights), ("aweights", aweights)):
        if weights is None:
            continue
        if tuple(weights.shape) != (count,):
            _fail(f"{name} of shape [{count}]", list(weights.shape), "Weigh columns.")
        whole = not (weights.is_floating_point() or weights.is_complex())
        if whole != (name == "fweights"):
            wanted = "an integral" if name == "fweights" else "a floating point"
            _fail(f"{name} to have {wanted} dtype", weights.dtype, "Use the other.")
        if bool((weights < 0).any()):
            least = weights.min().item()
            _fail(f"{name} that cannot be negative", least, "Clamp them.")
    if fweights is None or aweights is None:
        return aweights if fweights is None else fweights
    return fweights * aweights


def corrcoef(input):
    """The correlation coefficients of variables, whose observations are columns.

    Args:
        input: (variables, observations), or (observations,) of one variable.

    Returns:
        Tensor: (variables, variables), or () for one variable.

    Raises:
        RuntimeError: for more than two dimensions.

    >>> import rushlight
    >>> rushlight.corrcoef(rushlight.tensor([[0.0, 2.0], [3.0, 1.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    found = cov(input)
    if found.ndim == 0:
        return found / found
    deviation = found.diagonal().real if found.is_complex() else found.diagonal()
    deviation = deviation.sqrt()
    found = found / deviation.unsqueeze(-1) / deviation
    if found.is_complex():
        return found.real.clip(-1, 1) + 1j * found.imag.clip(-1, 1)
    return found.clip(-1, 1)


for _function in (cov, corrcoef):
    expose(_function)
