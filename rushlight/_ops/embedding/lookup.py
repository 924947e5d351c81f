"""embedding: rows of a table by number."""

from rushlight._base.errors import UnsupportedError, explain
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.intercept import CAPTURE
from rushlight._core.state import GRAD_MODE
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor
from rushlight._ops._arrays import wide
from rushlight._ops.embedding._rows import add_rows, check_numbers

# --------------------------------------------------------------------------- public


def embedding(
    input,
    weight,
    padding_idx=None,
    max_norm=None,
    norm_type=2.0,
    scale_grad_by_freq=False,
    sparse=False,
):
    """Look up rows of a table: ``weight[input]``.

    Args:
        input: (*), int64 or int32; row numbers.
        weight: (V, D), the table.
        padding_idx: a row that gets no gradient.
        max_norm: rows that are looked up and whose norm is larger are scaled to it, in
            place.
        norm_type: the exponent of that norm.
        scale_grad_by_freq: divide a row's gradient by how often it was looked up.
        sparse: has no effect: gradients are dense.

    Returns:
        Tensor: (*, D).

    Raises:
        IndexError: for a number that is no row.
        AssertionError: for a padding_idx that is no row.
        RuntimeError: for other dtypes or sizes.

    Differs:
        With sparse=True PyTorch gives a sparse gradient.

    >>> import rushlight
    >>> table = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> rushlight.nn.functional.embedding(rushlight.tensor([1, 0]), table)
    tensor([[3., 4.],
            [1., 2.]])
    """
    who = "embedding()"
    require_tensor(weight, who, "weight")
    require_tensor(input, who)
    padding = checked_padding(padding_idx, weight, who)
    if max_norm is not None:
        renormalize(weight, input, max_norm, norm_type, who)
    scale = bool(scale_grad_by_freq)
    return call(EMBEDDING, weight, input, padding=padding, scale=scale)


def checked_padding(padding_idx, weight, who):
    """padding_idx counted from the front, or -1 for None."""
    if padding_idx is None:
        return -1
    rows = weight._array.shape[0]
    if not -rows <= padding_idx < rows:
        raise AssertionError(
            explain(
                who,
                expected=f"padding_idx within num_embeddings: -{rows} to {rows - 1}",
                got=padding_idx,
                do="It is the number of a row.",
            )
        )
    return padding_idx % rows


def renormalize(weight, input, max_norm, norm_type, who):
    """Scale the rows that are looked up to at most max_norm, in place, unrecorded."""
    check_numbers(input._array, weight._array, who)
    token = GRAD_MODE.set(False)
    try:
        numbers = input.reshape(-1)
        if CAPTURE.get() is None:  # in which rows may as well be written twice
            numbers = numbers.unique()
        rows = weight[numbers]
        norms = rows.norm(norm_type, 1, keepdim=True)
        weight[numbers] = rows * (max_norm / (norms + 1e-7)).clamp(max=1.0)
    finally:
        GRAD_MODE.reset(token)


expose(embedding, torch=False, method=False, functional=True)


def _torch_embedding(
    weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False
):
    """As `nn.functional.embedding`, the table first.

    Args:
        weight, indices, scale_grad_by_freq, sparse: as for `nn.functional.embedding`.
        padding_idx: a row that gets no gradient; -1 for none.

    Returns:
        Tensor: (*, D).

    Raises:
        IndexError: for a number that is no row.

    >>> import rushlight
    >>> rushlight.embedding(rushlight.tensor([[5.0]]), rushlight.tensor(0))
    tensor([5.])
    """
    require_tensor(weight, "embedding()", "weight")
    require_tensor(indices, "embedding()", "indices")
    scale = bool(scale_grad_by_freq)
    return call(EMBEDDING, weight, indices, padding=padding_idx, scale=scale)


expose(_torch_embedding, method=False, name="embedding")

# ----------------------------------------------------------------------------- ops


def _embedding_spec(w, indices, *, padding, scale):
    check_numbers(indices, w, "embedding()")
    return Spec((*indices.shape, *w.shape[1:]), w.dtype)


def _embedding_eager(backend, w, indices, *, padding, scale):
    check_numbers(indices, w, "embedding()")
    return backend.np.take(w, indices, 0, mode="clip")


def _embedding_grad(g, *, w_shape, indices, padding, scale):
    attrs = {"rows": w_shape[0], "padding": padding, "scale": scale}
    return call(EMBEDDING_BACKWARD, g, indices, **attrs), None


def _embedding_lower(k, w, indices, *, padding, scale):
    return k.take(w, indices)


EMBEDDING = define(
    "embedding",
    inputs="w indices",
    eager=_embedding_eager,
    spec=_embedding_spec,
    grad=_embedding_grad,
    lower=_embedding_lower,
)


def _backward_spec(g, indices, *, rows, padding, scale):
    return Spec((rows, g.shape[-1]), g.dtype)


def _backward_eager(backend, g, indices, *, rows, padding, scale):
    np, numbers = backend.np, indices.reshape(-1)
    source = wide(g).reshape(len(numbers), g.shape[-1])
    total = add_rows(np, source, numbers, rows)
    if scale:
        counts = np.bincount(numbers, minlength=rows)
        total /= np.maximum(counts, 1).astype(total.dtype)[:, None]
    if padding >= 0:
        total[padding] = 0
    return total.astype(g.dtype, copy=False)


def _backward_grad(gg, *, indices, rows, padding, scale):
    if scale:
        raise UnsupportedError(
            explain(
                "embedding()",
                expected="scale_grad_by_freq=False where backward is differentiated",
                got="True",
                do="Leave it away.",
            )
        )
    if padding >= 0:
        gg = gg.clone()
        gg[padding] = 0
    return call(EMBEDDING, gg, indices, padding=-1, scale=False), None


EMBEDDING_BACKWARD = define(
    "embedding_backward",
    inputs="g indices",
    eager=_backward_eager,
    spec=_backward_spec,
    grad=_backward_grad,
    node="EmbeddingDenseBackwardBackward0",
)
