"""Embedding: rows of a table by their numbers, single or in bags."""

import numpy as np

from rushlight._base.errors import (
    ArgumentError,
    ArgumentTypeError,
    DtypeError,
    OutOfRangeError,
    ShapeError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.grad_mode import no_grad
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap

# ------------------------------------------------------------------------- embedding


def embedding(
    input,
    weight,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
):
    """Look rows up in a table.

    Args:
        input: (*), int32 or int64, numbers of rows.
        weight: (V, D), float.
        padding_idx: a row that gets no gradient.
        max_norm: rows looked up that are longer are shortened to it, in place.
        norm_type: the p of that norm.
        scale_grad_by_freq: divide a row's gradient by how often it was looked up.
        sparse: must be False: gradients are dense.

    Returns:
        Tensor: (*, D).

    Raises:
        IndexError: for a number outside the table.
        RuntimeError: for an input that is no integer tensor.

    >>> import rushlight
    >>> table = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> rushlight.nn.functional.embedding(rushlight.tensor([1, 0]), table)
    tensor([[3., 4.],
            [1., 2.]])
    """
    _check_tensors("embedding()", input, weight)
    padding_idx = _padding("embedding()", padding_idx, weight._array.shape[0], sparse)
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    return call(
        EMBEDDING, weight, input, padding_idx=padding_idx, by_freq=scale_grad_by_freq
    )


def _check_tensors(who, input, weight):
    for name, value in (("input", input), ("weight", weight)):
        if not isinstance(value, Tensor):
            raise ArgumentTypeError(
                explain(
                    who,
                    expected=f"argument '{name}' to be a Tensor",
                    got=type(value).__name__,
                    do="Convert it with torch.tensor.",
                )
            )
    if weight._array.ndim != 2:
        raise ShapeError(
            explain(
                who,
                expected="a weight of 2 dimensions ('weight' must be 2-D)",
                got=list(weight.shape),
                do="Give one row for each entry.",
            )
        )


def _padding(who, padding_idx, rows, sparse):
    """The number of the padding row from one that may be negative; None for none."""
    if sparse:
        raise UnsupportedError(
            explain(
                who,
                expected="sparse=False",
                got="sparse=True; there are no sparse gradients here",
                do="Leave it away.",
            )
        )
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise AssertionError(
            explain(
                who,
                expected=f"padding_idx within {rows} rows",
                got=f"{padding_idx}: Padding_idx must be within num_embeddings",
                do="Use the number of an existing row.",
            )
        )
    return padding_idx % rows


@no_grad()
def _shorten(weight, input, max_norm, norm_type):
    """Scale the rows that are looked up and longer than max_norm down to it."""
    rows = wrap(np.unique(input._array))
    chosen = weight[rows]
    norms = chosen.norm(norm_type, 1, keepdim=True)
    factors = (max_norm / (norms + 1e-7)).clamp(max=1.0)
    weight[rows] = chosen * factors


def _embedding_spec(weight, indices, *, padding_idx, by_freq):
    _check_indices(indices)
    return Spec((*indices.shape, weight.shape[1]), weight.dtype)


def _check_indices(indices):
    if indices.dtype not in (np.int64, np.int32):
        raise DtypeError(
            explain(
                "embedding()",
                expected="tensor for argument #1 'indices' to have one of the scalar "
                "types Long, Int",
                got=indices.dtype,
                do="Convert the numbers with .long().",
            )
        )


def _embedding_eager(backend, weight, indices, *, padding_idx, by_freq):
    _check_indices(indices)
    rows = weight.shape[0]
    if indices.size and (indices.min() < 0 or indices.max() >= rows):
        raise OutOfRangeError(
            explain(
                "embedding()",
                expected=f"numbers of rows in [0, {rows - 1}]",
                got=f"index out of range in self: {int(indices.min())} to "
                f"{int(indices.max())}",
                do="Make the table as large as the vocabulary, or check the numbers.",
            )
        )
    return weight.take(indices, 0)


def _embedding_grad(g, *, weight_shape, indices, padding_idx, by_freq):
    rows = weight_shape[0]
    return (
        call(
            EMBEDDING_BACKWARD,
            g,
            indices,
            rows=rows,
            padding_idx=padding_idx,
            by_freq=by_freq,
        ),
        None,
    )


def _embedding_lower(k, weight, indices, *, padding_idx, by_freq):
    return k.gather(weight, indices)


EMBEDDING = define(
    "embedding",
    inputs="weight indices",
    eager=_embedding_eager,
    spec=_embedding_spec,
    grad=_embedding_grad,
    lower=_embedding_lower,
)
expose(embedding, torch=False, method=False, functional=True)

# ----------------------------------------------------------------------- its gradient


def _backward_spec(g, indices, *, rows, padding_idx, by_freq):
    return Spec((rows, g.shape[-1]), g.dtype)


def _backward_eager(backend, g, indices, *, rows, padding_idx, by_freq):
    """Sums of the gradients of equal rows: sorted by row, then summed in runs."""
    np_ = backend.np
    table = np_.zeros((rows, g.shape[-1]), g.dtype)
    flat, values = indices.reshape(-1), g.reshape(-1, g.shape[-1])
    if not flat.size:
        return table
    order = np_.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np_.flatnonzero(np_.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sums = np_.add.reduceat(values.take(order, 0), starts, axis=0)
    if by_freq:
        counts = np_.diff(np_.append(starts, flat.size))
        sums /= counts[:, None].astype(g.dtype)
    table[ordered[starts]] = sums
    if padding_idx is not None:
        table[padding_idx] = 0
    return table


def _backward_grad(g, *, indices, rows, padding_idx, by_freq):
    if by_freq:
        raise UnsupportedError(
            explain(
                "embedding()",
                expected="first derivatives with scale_grad_by_freq",
                got="a second derivative",
                do="Leave scale_grad_by_freq away.",
            )
        )
    if padding_idx is not None:
        keep = (indices != padding_idx).unsqueeze(-1)
        return call(EMBEDDING, g, indices, padding_idx=None, by_freq=False) * keep, None
    return call(EMBEDDING, g, indices, padding_idx=None, by_freq=False), None


EMBEDDING_BACKWARD = define(
    "embedding_backward",
    inputs="g indices",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
)

# --------------------------------------------------------------------- embedding_bag


def embedding_bag(
    input,
    weight,
    offsets=None,
    max_norm=None,
    norm_type=2,
    scale_grad_by_freq=False,
    mode="mean",
    sparse=False,
    per_sample_weights=None,
    include_last_offset=False,
    padding_idx=None,
):
    """Sums, means or maxima of the rows in each bag.

    Args:
        input: (B, N), bags of equal length, or (T,) with offsets; int32 or int64.
        weight: (V, D), float.
        offsets: (B,), where each bag begins in input.
        max_norm, norm_type, scale_grad_by_freq, sparse: as for `embedding`.
        mode: "sum", "mean" or "max".
        per_sample_weights: like input, factors of the rows; only with "sum".
        include_last_offset: whether offsets has the end of the last bag too.
        padding_idx: a row that counts in no bag.

    Returns:
        Tensor: (B, D); empty bags are zeros.

    Raises:
        ValueError: for arguments that do not go together.

    >>> import rushlight
    >>> table = rushlight.tensor([[1.0], [2.0], [3.0]])
    >>> bags = rushlight.tensor([[0, 1], [1, 2]])
    >>> rushlight.nn.functional.embedding_bag(bags, table, mode="sum")
    tensor([[3.],
            [5.]])
    """
    _check_tensors("embedding_bag()", input, weight)
    rows, bags, count = _bags(input, offsets, include_last_offset)
    _check_mode(mode, per_sample_weights, input)
    padding_idx = _padding("embedding_bag()", padding_idx, len(weight), sparse)
    values = embedding(
        rows, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq
    )
    if per_sample_weights is not None:
        values = values * per_sample_weights.reshape(-1, 1)
    if padding_idx is not None:
        keep = (rows != padding_idx).nonzero().squeeze(1)
        values, bags = values[keep], bags[keep]
    zeros = values.new_zeros((count, weight._array.shape[1]))
    if mode == "max":
        places = bags.unsqueeze(1).expand(values.shape)
        return zeros.scatter_reduce(0, places, values, "amax", include_self=False)
    total = zeros.index_add(0, bags, values)
    if mode == "sum":
        return total
    sizes = np.bincount(bags._array, minlength=count).clip(1)
    return total / wrap(sizes.astype(values._array.dtype)).unsqueeze(1)


def _bags(input, offsets, include_last_offset):
    """The rows, the bag that each belongs to, and the number of bags."""
    if input._array.ndim == 2:
        if offsets is not None:
            raise ArgumentError(
                explain(
                    "embedding_bag()",
                    expected="no offsets where input is 2D",
                    got="if input is 2D, then offsets has to be None",
                    do="Leave offsets away.",
                )
            )
        count, size = input._array.shape
        return input.reshape(-1), wrap(np.repeat(np.arange(count), size)), count
    if offsets is None or offsets._array.ndim != 1 or input._array.ndim != 1:
        raise ArgumentError(
            explain(
                "embedding_bag()",
                expected="input of 2 dimensions, or 1 with offsets of 1 dimension",
                got=f"input of {input._array.ndim} dimensions, offsets {offsets}",
                do="Say where each bag begins.",
            )
        )
    starts, total = offsets._array, input._array.size
    ends = starts[1:] if include_last_offset else np.append(starts[1:], total)
    starts = starts[:-1] if include_last_offset else starts
    if starts.size and (starts[0] != 0 or (ends < starts).any() or ends[-1] > total):
        raise ArgumentError(
            explain(
                "embedding_bag()",
                expected=f"offsets that begin with 0 and rise to at most {total}",
                got=offsets.tolist(),
                do="Give the place in input where each bag begins.",
            )
        )
    return input, wrap(np.repeat(np.arange(starts.size), ends - starts)), starts.size


def _check_mode(mode, per_sample_weights, input):
    if mode not in ("sum", "mean", "max"):
        raise ArgumentError(
            explain(
                "embedding_bag()",
                expected="mode to be one of sum, mean, max",
                got=repr(mode),
                do="Use one of them.",
            )
        )
    if per_sample_weights is None:
        return
    if mode != "sum":
        raise UnsupportedError(
            explain(
                "embedding_bag()",
                expected="mode='sum' with per_sample_weights",
                got=mode,
                do="Use mode='sum'.",
            )
        )
    if per_sample_weights._array.shape != input._array.shape:
        raise ArgumentError(
            explain(
                "embedding_bag()",
                expected=f"per_sample_weights of input's shape {list(input.shape)}",
                got=list(per_sample_weights.shape),
                do="Give one weight for each row.",
            )
        )


expose(embedding_bag, torch=False, method=False, functional=True)
