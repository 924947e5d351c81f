"""Quantiles, with and without nan."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    explain,
)
from rushlight._base.shape import wrap_dim
from rushlight._core.expose import TORCH, expose
from rushlight._core.tensor import Tensor
from rushlight._ops._arguments import require_tensor, to_out

_KINDS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    """The values below which the share q of the elements lie.

    Args:
        input: (*), float32 or float64, not empty.
        q: a number or a tensor (Q,) of the same dtype, in [0, 1].
        dim: the dimension; all elements if left out.
        keepdim: keep the reduced dimension with size 1.
        interpolation: between two elements: "linear", "lower", "higher", "midpoint"
            or "nearest".
        out: tensor to write the result to.

    Returns:
        Tensor: the reduced shape, with Q in front of it; nan where a row has nan.

    Raises:
        RuntimeError: for q outside [0, 1], other dtypes or an empty input.

    >>> import rushlight
    >>> rushlight.quantile(rushlight.tensor([0.0, 1.0, 2.0, 4.0]), 0.5)
    tensor(1.5000)
    """
    result = _quantile(input, q, dim, keepdim, interpolation, False, "quantile()")
    return result if out is None else to_out(result, out, "quantile()")


def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    """As `quantile`, of the elements that are not nan.

    Args:
        input, q, dim, keepdim, interpolation, out: as for `quantile`.

    Returns:
        Tensor: the reduced shape, with Q in front of it; nan where all are nan.

    >>> import rushlight
    >>> rushlight.nanquantile(rushlight.tensor([0.0, float("nan"), 2.0]), 0.5)
    tensor(1.)
    """
    result = _quantile(input, q, dim, keepdim, interpolation, True, "nanquantile()")
    return result if out is None else to_out(result, out, "nanquantile()")


def _fail(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


def _checked(input, q, interpolation, who):
    require_tensor(input, who)
    if not isinstance(q, (Tensor, float, int)):
        raise ArgumentTypeError(
            explain(who, expected="q: a number or tensor", got=type(q), do="Pass 0.5.")
        )
    if input.dtype.name not in ("float32", "float64"):
        raise DtypeError(
            explain(
                who,
                expected="input tensor to be either float or double dtype",
                got=input.dtype,
                do="Convert it with .float().",
            )
        )
    if isinstance(q, Tensor) and (q.ndim > 1 or q.dtype != input.dtype):
        _fail(
            who,
            "q to be a scalar or 1D tensor of the same dtype as the input tensor",
            f"{q.dtype} of shape {list(q.shape)}",
            "Convert it.",
        )
    if not input.numel():
        _fail(who, "an input tensor that is non-empty", "no elements", "Skip the call.")
    if interpolation not in _KINDS:
        _fail(who, f"interpolation to be one of {_KINDS}", interpolation, "Correct it.")
    values = q if isinstance(q, Tensor) else input.new_tensor(float(q))
    if not bool(((values >= 0) & (values <= 1)).all()):
        _fail(who, "q values in the range [0, 1]", q, "Divide percents by 100.")
    return values


def _quantile(input, q, dim, keepdim, interpolation, skip_nan, who):
    values = _checked(input, q, interpolation, who)
    rank = input.ndim
    d = 0 if dim is None else wrap_dim(dim, rank, who)
    rows = input.reshape(-1) if dim is None or not rank else input.movedim(d, -1)
    rows = rows.sort(-1).values
    last = rows.shape[-1] - 1
    if skip_nan:
        count = (~rows.isnan()).sum(-1, keepdim=True) - 1
        places = values.reshape(-1) * count.clamp(min=0).to(rows.dtype)
    else:
        places = (values.reshape(-1) * last).expand(*rows.shape[:-1], values.numel())
        bad = rows.isnan().any(-1, keepdim=True)
        places = places.masked_fill(bad, last)
    found = _between(rows, places, interpolation)
    shape = [1] * rank if dim is None else list(input.shape)
    if dim is not None and rank:
        shape[d] = 1
        whole = found.movedim(-1, 0).unsqueeze(d + 1)
    else:
        whole = found.reshape(values.numel(), *shape)
    if not keepdim:
        whole = whole.reshape(-1) if dim is None or not rank else whole.squeeze(d + 1)
    return whole.squeeze(0) if values.ndim == 0 else whole


def _between(rows, places, interpolation):
    if interpolation == "lower":
        places = places.floor()
    elif interpolation == "higher":
        places = places.ceil()
    elif interpolation == "nearest":
        places = places.round()
    below = places.long()
    found = rows.gather(-1, below)
    if interpolation not in ("linear", "midpoint"):
        return found
    share = places - below if interpolation == "linear" else places.new_tensor(0.5)
    above = rows.gather(-1, places.ceil().long())
    return TORCH["lerp"](found, above, share.expand(found.shape))


for _function in (quantile, nanquantile):
    expose(_function)
