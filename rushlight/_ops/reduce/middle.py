"""Middle and most frequent elements: median, nanmedian, mode."""

from rushlight._base.errors import ArgumentTypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import refuse, renamed, same_dtype_out
from rushlight._ops._arrays import wide
from rushlight._ops._places import places_grad, take_last, take_places
from rushlight._ops._results import named_result
from rushlight._ops.reduce.dims import axis_of, reduced_spec, refuse_empty, restored

MedianResult = named_result("median", "values", "indices")
NanmedianResult = named_result("nanmedian", "values", "indices")
ModeResult = named_result("mode", "values", "indices")
_MISSING = object()

# -------------------------------------------------------------------------- the median


def median(input, dim=_MISSING, keepdim=False, *, out=None, **numpy):
    """The middle element, the lower of two; nan if there is any.

    Args:
        input: (*), integers or float.
        dim: int, to look along that dimension; all elements if left out.
        keepdim: keep the dimension with size 1.
        out: with dim: tuple of two tensors to write the results to.

    Returns:
        Tensor: one element; with dim a named tuple (values, indices), whose indices
        are those of some element with that value.

    Raises:
        RuntimeError: for bool and complex input.
        IndexError: for a dimension out of range or of size 0.

    >>> import rushlight
    >>> rushlight.tensor([[1, 9, 3], [4, 2, 2]]).median(dim=1).values
    tensor([3, 2])
    """
    if numpy:
        return renamed(median, numpy, input, dim=dim, keepdim=keepdim, out=out)
    return _either(MEDIAN, MEDIAN_DIM, MedianResult, input, dim, keepdim, out)


def nanmedian(input, dim=_MISSING, keepdim=False, *, out=None, **numpy):
    """The middle of the elements that are not nan, the lower of two.

    Args:
        input: (*), integers or float.
        dim, keepdim, out: as for `median`.

    Returns:
        Tensor: one element; with dim a named tuple (values, indices).

    Raises:
        RuntimeError: for bool and complex input.
        IndexError: for a dimension out of range or of size 0.

    >>> import rushlight
    >>> rushlight.tensor([1.0, float("nan"), 3.0]).nanmedian()
    tensor(1.)
    """
    if numpy:
        return renamed(nanmedian, numpy, input, dim=dim, keepdim=keepdim, out=out)
    return _either(NANMEDIAN, NANMEDIAN_DIM, NanmedianResult, input, dim, keepdim, out)


def _either(full, along, result_type, input, dim, keepdim, out):
    if dim is _MISSING:
        result = full.short(input)
    else:
        result = result_type(call(along, input, dim=dim, keepdim=keepdim))
    return result if out is None else same_dtype_out(result, out, f"{full.name}()")


def check_one_dim(dim, who):
    """Refuse anything but an int as dim, where torch has no form for several.

    Raises:
        TypeError: with what was given.
    """
    if dim is None or isinstance(dim, (tuple, list)):
        raise ArgumentTypeError(
            explain(
                who,
                expected="argument 'dim' to be an int",
                got=type(dim).__name__,
                do="Reduce one dimension at a time.",
            )
        )


def _full_rules(who, skips_nan):
    def spec(x):
        refuse(x, who, "bcU")
        return Spec((), x.dtype)

    def eager(backend, x):
        spec(x)
        np = backend.np
        if not x.size:
            lowest = np.nan if x.dtype.kind in "fV" else np.iinfo(x.dtype).min
            return np.asarray(lowest, x.dtype)
        values = wide(x).reshape(1, -1)
        place = _middle_places(np, values, skips_nan)[0, 0]
        return x.reshape(-1)[place]

    return spec, eager


def _dim_rules(who, skips_nan):
    def spec(x, *, dim, keepdim):
        refuse(x, who, "bcU")
        check_one_dim(dim, who)
        found = reduced_spec(x, dim, keepdim, who)
        refuse_empty(x, dim, who)
        return found, Spec(found.shape, "int64")

    def eager(backend, x, *, dim, keepdim):
        spec(x, dim=dim, keepdim=keepdim)
        if axis_of(x, dim, who) is None:
            return x.copy(), backend.np.zeros((), "int64")
        lanes = wide(x).swapaxes(dim, -1)
        places = _middle_places(backend.np, lanes, skips_nan).swapaxes(dim, -1)
        return take_places(backend.np, x, places, dim, keepdim)

    return spec, eager


def _middle_places(np, lanes, skips_nan):
    """The places of the medians along the last dimension, which stays with size 1."""
    n = lanes.shape[-1]
    if lanes.dtype.kind != "f":
        return _nth_places(np, lanes, (n - 1) // 2)
    missing = np.isnan(lanes)
    if not missing.any():
        return _nth_places(np, lanes, (n - 1) // 2)
    counts = n - np.add.reduce(missing, -1, "int64", None, True)
    if not skips_nan:
        middle = _nth_places(np, lanes, (n - 1) // 2)
        return np.where(counts < n, missing.argmax(-1)[..., None], middle)
    order = lanes.argsort(-1, kind="stable")  # nan comes last
    return take_last(np, order, np.maximum(counts - 1, 0) // 2)


def _nth_places(np, lanes, nth):
    return lanes.argpartition(nth, -1)[..., nth : nth + 1]


def _full_grad(g, *, x, out):
    """Elements that equal the median share its gradient."""
    mask = (x == out).logical_or(x.isnan().logical_and(out.isnan()))
    return mask * (g / mask.sum())


def _dim_grad(g, *, out1, x_shape, dim, keepdim):
    places = restored(out1, x_shape, dim, keepdim)
    return places_grad(restored(g[0], x_shape, dim, keepdim), places, x_shape, dim)


def _define(name, skips_nan):
    who = f"{name}()"
    spec, eager = _full_rules(who, skips_nan)
    full = define(name, eager=eager, spec=spec, grad=_full_grad)
    spec, eager = _dim_rules(who, skips_nan)
    along = define(
        f"{name}_dim",
        eager=eager,
        spec=spec,
        grad=_dim_grad,
        many=True,
        node=f"{name.capitalize()}Backward1",
    )
    return full, along


MEDIAN, MEDIAN_DIM = _define("median", False)
NANMEDIAN, NANMEDIAN_DIM = _define("nanmedian", True)
expose(median)
expose(nanmedian)

# -------------------------------------------------------------------------------- mode


def mode(input, dim=-1, keepdim=False, *, out=None, **numpy):
    """The most frequent element along a dimension, of several the smallest.

    Args:
        input: (*), bool, integers or float.
        dim: int; the last dimension if left out.
        keepdim: keep the dimension with size 1.
        out: tuple of two tensors to write the results to.

    Returns:
        A named tuple (values, indices); indices of the last such element.

    Raises:
        RuntimeError: for complex input.
        IndexError: for a dimension out of range or of size 0.

    >>> import rushlight
    >>> rushlight.tensor([3, 1, 1, 3, 2]).mode()
    torch.return_types.mode(
    values=tensor(1),
    indices=tensor(2))
    """
    if numpy:
        return renamed(mode, numpy, input, dim=dim, keepdim=keepdim, out=out)
    result = ModeResult(call(MODE, input, dim=dim, keepdim=keepdim))
    return result if out is None else same_dtype_out(result, out, "mode()")


def _mode_spec(x, *, dim, keepdim):
    refuse(x, "mode()", "cU")
    check_one_dim(dim, "mode()")
    found = reduced_spec(x, dim, keepdim, "mode()")
    refuse_empty(x, dim, "mode()")
    return found, Spec(found.shape, "int64")


def _mode_eager(backend, x, *, dim, keepdim):
    _mode_spec(x, dim=dim, keepdim=keepdim)
    np = backend.np
    if axis_of(x, dim, "mode()") is None:
        return x.copy(), np.zeros((), "int64")
    lanes = wide(x).swapaxes(dim, -1)
    order = lanes.argsort(-1, kind="stable")
    lanes = take_last(np, lanes, order)
    ends = np.ones(lanes.shape, bool)
    ends[..., :-1] = lanes[..., 1:] != lanes[..., :-1]
    steps = np.arange(1, lanes.shape[-1] + 1)
    until = np.zeros(lanes.shape, "int64")
    until[..., 1:] = np.maximum.accumulate(np.where(ends, steps, 0), -1)[..., :-1]
    lengths = np.where(ends, steps - until, 0)
    longest = lengths.argmax(-1)[..., None]
    places = take_last(np, order, longest).swapaxes(dim, -1)
    return take_places(np, x, places, dim, keepdim)


MODE = define("mode", eager=_mode_eager, spec=_mode_spec, grad=_dim_grad, many=True)
expose(mode)
