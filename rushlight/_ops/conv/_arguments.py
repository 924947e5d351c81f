"""The arguments of convolutions, checked."""

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    DtypeError,
    ShapeError,
    UnsupportedDtypeError,
    explain,
)
from rushlight._base.shape import as_index
from rushlight._ops._arguments import how_to_convert, require_tensor


def ints(value, dims, who, name, least):
    """An int, or a sequence of one or `dims` ints, as a tuple of `dims`.

    Raises:
        TypeError: for what holds no ints.
        RuntimeError: for another number of them, or one below `least`.
    """
    if value.__class__ is not int:
        if isinstance(value, str) or isinstance(value, float):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"argument '{name}' to be an int or a tuple of ints",
                    got=f"{value!r} ({type(value).__name__})",
                    do=f"Pass one number for each of the {dims} dimensions.",
                )
            )
        if hasattr(value, "__len__") and not hasattr(value, "_array"):
            found = tuple([as_index(v, who, name) for v in value])
        else:
            found = (as_index(value, who, name),)
    else:
        found = (value,)
    found = found * dims if len(found) == 1 else found
    if len(found) != dims or min(found) < least:
        wanted = "positive" if least else "not negative"
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=f"{name}: {dims} numbers that are {wanted}",
                got=f"{value} (non-positive {name} is not supported)"
                if least
                else f"{value} (negative {name} is not supported)",
                do="Correct it.",
            )
        )
    return found


def padding_pairs(padding, stride, dilation, kernel, who):
    """(before, after) for each dimension, from numbers, "valid" or "same"."""
    dims = len(kernel)
    if not isinstance(padding, str):
        return tuple((p, p) for p in ints(padding, dims, who, "padding", 0))
    if padding == "valid":
        return ((0, 0),) * dims
    if padding != "same" or any(s != 1 for s in stride):
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="padding to be 'valid', 'same' (with stride 1), or numbers",
                got=f"{padding!r} with stride {stride}",
                do="Give the numbers of zeros on each side.",
            )
        )
    totals = [d * (k - 1) for d, k in zip(dilation, kernel)]
    return tuple((total // 2, total - total // 2) for total in totals)


def check_inputs(input, weight, bias, dims, who):
    """Whether the input lacks its batch dimension; kinds and dimensions are checked."""
    require_tensor(input, who)
    require_tensor(weight, who, "weight")
    if bias is not None:
        require_tensor(bias, who, "bias")
    if input.ndim not in (dims + 1, dims + 2):
        raise ShapeError(
            explain(
                who,
                expected=f"{dims + 1}D (unbatched) or {dims + 2}D (batched) input",
                got=f"input of size {list(input.shape)}",
                do="It is (N, C, ...) or (C, ...).",
            )
        )
    if weight.ndim != dims + 2:
        raise ShapeError(
            explain(
                who,
                expected=f"a {dims + 2}D weight",
                got=f"weight of size {list(weight.shape)}",
                do="It is (out, in, kernel sizes...).",
            )
        )
    return input.ndim == dims + 1


def check_arrays(x, w, b, groups, is_transposed, who):
    """Refuse dtypes and channels that do not fit."""
    for other, name in ((w, "weight"), (b, "bias")):
        if other is not None and other.dtype != x.dtype:
            raise DtypeError(
                explain(
                    who,
                    expected="input and weight of one dtype",
                    got=f"Input type ({x.dtype}) and {name} type ({other.dtype}) "
                    "should be the same",
                    do=how_to_convert(x, other),
                )
            )
    if x.dtype.kind == "b":
        raise UnsupportedDtypeError(
            explain(who, expected="numbers", got="bool", do="Convert with .float().")
        )
    channels = w.shape[0] if is_transposed else w.shape[1] * groups
    if not w.shape[0] or w.shape[0] % groups or x.shape[1] != channels:
        raise ShapeError(
            explain(
                who,
                expected=f"input of {channels} channels, and a weight whose first "
                f"size is divisible by groups={groups}",
                got=f"input {list(x.shape)} and weight of size {list(w.shape)}",
                do="in_channels must equal input.shape[1].",
            )
        )
    outputs = w.shape[1] * groups if is_transposed else w.shape[0]
    if b is not None and tuple(b.shape) != (outputs,):
        raise ShapeError(
            explain(
                who,
                expected=f"bias to be 1-dimensional with {outputs} elements",
                got=f"bias of size {list(b.shape)}",
                do="One for each output channel.",
            )
        )


def check_fit(size, kernel, pads, dilation, who):
    """Refuse a kernel that is larger than the padded input."""
    padded = [n + a + b for n, (a, b) in zip(size, pads)]
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, kernel)]
    if any(n < span for n, span in zip(padded, spans)) or 0 in size:
        raise ShapeError(
            explain(
                who,
                expected="a kernel that is not greater than the padded input",
                got=f"padded input {padded}, kernel {spans} (with dilation)",
                do="Use a larger input, more padding or a smaller kernel.",
            )
        )
