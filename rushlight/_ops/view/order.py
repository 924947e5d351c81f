"""Views with the dimensions in another order: transpose, t, T, permute, movedim."""

import warnings

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._base.shape import as_shape, wrap_dim, wrap_dims
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._core.tensor import attach
from rushlight._ops.view.inplace import inplace_view

# ------------------------------------------------------------------------- transpose


def transpose(input, dim0, dim1):
    """Swap two dimensions.

    Args:
        input: (*), any dtype.
        dim0, dim1: the dimensions.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).transpose(0, 2).shape
    torch.Size([4, 3, 2])
    """
    return TRANSPOSE.short(input, dim0=dim0, dim1=dim1)


def transpose_(input, dim0, dim1):
    """In-place form of `transpose`: changes ``input``'s shape and returns it."""
    return inplace_view(TRANSPOSE, input, dim0=dim0, dim1=dim1)


def _transpose_spec(x, *, dim0, dim1):
    shape = list(x.shape)
    i, j = (wrap_dim(d, len(shape), "transpose()") for d in (dim0, dim1))
    if shape:
        shape[i], shape[j] = shape[j], shape[i]
    return Spec(shape, x.dtype)


def _transpose_eager(backend, x, *, dim0, dim1):
    if x.ndim:
        return x.swapaxes(dim0, dim1)
    _transpose_spec(x, dim0=dim0, dim1=dim1)
    return x[...]


def _transpose_grad(g, *, dim0, dim1):
    return g.transpose(dim0, dim1)


def _transpose_lower(k, x, *, dim0, dim1):
    return k.transpose(x, dim0, dim1)


TRANSPOSE = define(
    "transpose",
    eager=_transpose_eager,
    spec=_transpose_spec,
    grad=_transpose_grad,
    lower=_transpose_lower,
    view=True,
)
expose(transpose, aliases=["swapdims"])
expose(transpose_, torch=False, aliases=["swapdims_"])


def swapaxes(input, axis0, axis1):
    """Swap two dimensions, as `transpose`.

    Args:
        input: (*), any dtype.
        axis0, axis1: the dimensions.

    Returns:
        Tensor: a view.

    Raises:
        IndexError: for a dimension out of range.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).swapaxes(0, 2).shape
    torch.Size([4, 3, 2])
    """
    return TRANSPOSE.short(input, dim0=axis0, dim1=axis1)


def swapaxes_(input, axis0, axis1):
    """In-place form of `swapaxes`: changes ``input``'s shape and returns it."""
    return inplace_view(TRANSPOSE, input, dim0=axis0, dim1=axis1)


expose(swapaxes)
expose(swapaxes_, torch=False)

# --------------------------------------------------------------------------------- t


def t(input):
    """The transpose of a matrix; vectors and numbers as they are.

    Args:
        input: (n, m) or fewer dimensions, any dtype.

    Returns:
        Tensor: (m, n), a view.

    Raises:
        RuntimeError: for more than two dimensions.

    >>> import rushlight
    >>> rushlight.ones(2, 3).t().shape
    torch.Size([3, 2])
    """
    return T.short(input)


def t_(input):
    """In-place form of `t`: changes ``input``'s shape and returns it."""
    return inplace_view(T, input)


def _t_spec(x):
    if len(x.shape) > 2:
        raise ShapeError(
            explain(
                "t()",
                expected="a tensor with <= 2 dimensions",
                got=f"{len(x.shape)}",
                do="Use .mT for batches of matrices, or .transpose(dim0, dim1).",
            )
        )
    return Spec(x.shape[::-1], x.dtype)


def _t_eager(backend, x):
    return x.T if x.ndim <= 2 else _t_spec(x)


def _t_grad(g):
    return g.t()


def _t_lower(k, x):
    return k.transpose(x, 0, 1) if len(x.shape) == 2 else x


T = define("t", eager=_t_eager, spec=_t_spec, grad=_t_grad, lower=_t_lower, view=True)
expose(t)
expose(t_, torch=False)

# --------------------------------------------------------------------------- permute


def permute(input, *dims, **named):
    """The dimensions in another order.

    Args:
        input: (*), any dtype.
        dims: every dimension once, in the wanted order.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the dimensions are not each given once.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """
    dims = as_shape((named.pop("dims"),) if "dims" in named else dims, "permute()")
    if named:
        raise TypeError(f"permute() has no argument {', '.join(named)!r}. Use dims.")
    return PERMUTE.short(input, dims=dims)


def _permute_spec(x, *, dims):
    if len(dims) != len(x.shape):
        raise ShapeError(
            explain(
                "permute()",
                expected=f"one number for each of the {len(x.shape)} dimensions",
                got=f"{list(dims)}: number of dimensions in the tensor input does not "
                "match",
                do="Name every dimension once.",
            )
        )
    return Spec(
        [x.shape[d] for d in wrap_dims(dims, len(x.shape), "permute()")], x.dtype
    )


def _permute_eager(backend, x, *, dims):
    return x.transpose(dims)


def _permute_grad(g, *, dims):
    inverse = [0] * len(dims)
    for place, dim in enumerate(dims):
        inverse[dim] = place
    return g.permute(inverse)


def _permute_lower(k, x, *, dims):
    return k.permute(x, dims)


PERMUTE = define(
    "permute",
    eager=_permute_eager,
    spec=_permute_spec,
    grad=_permute_grad,
    lower=_permute_lower,
    view=True,
)
expose(permute)


def movedim(input, source, destination):
    """Move dimensions to other places; the rest keep their order.

    Args:
        input: (*), any dtype.
        source: a dimension or several.
        destination: for each the place it gets.

    Returns:
        Tensor: a view.

    Raises:
        RuntimeError: where the two differ in number, or name one twice.

    >>> import rushlight
    >>> rushlight.ones(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])
    """
    ndim = input._array.ndim
    given = [d if isinstance(d, (tuple, list)) else (d,) for d in (source, destination)]
    if len(given[0]) != len(given[1]):
        raise ShapeError(
            explain(
                "movedim()",
                expected="as many destination dims as source dims",
                got=f"{list(given[0])} and {list(given[1])}",
                do="Give one place for each.",
            )
        )
    source, destination = (wrap_dims(tuple(d), ndim, "movedim()") for d in given)
    rest = iter([d for d in range(ndim) if d not in source])
    order = {to: dim for dim, to in zip(source, destination, strict=True)}
    dims = tuple([order[p] if p in order else next(rest) for p in range(ndim)])
    return PERMUTE.short(input, dims=dims)


expose(movedim, aliases=["moveaxis"])

# ------------------------------------------------------------------------ properties


def _reversed_dims(self):
    ndim = self._array.ndim
    if ndim > 2 and not _warned:
        _warned.append(True)
        warnings.warn(
            f"x.T of a tensor of {ndim} dimensions reverses them all. Use x.mT for "
            "batches of matrices, x.permute(...) to say the order.",
            stacklevel=2,
        )
    return PERMUTE.short(self, dims=tuple(range(ndim - 1, -1, -1)))


_warned = []


def _matrix_transpose(self, name="mT"):
    if self._array.ndim == 1:
        raise ArgumentRuntimeError(
            explain(
                f"tensor.{name}",
                expected="a matrix or batches of matrices",
                got="a 1-D tensor",
                do="Use .unsqueeze(0) for a row, .unsqueeze(1) for a column.",
            )
        )
    if not self._array.ndim:
        return self
    return TRANSPOSE.short(self, dim0=-2, dim1=-1)


def adjoint(input):
    """The conjugate transpose of matrices: the last two dimensions swapped.

    Args:
        input: (*, n, m), any dtype.

    Returns:
        Tensor: (*, m, n); a view where input is real.

    Raises:
        RuntimeError: for one dimension.

    >>> import rushlight
    >>> rushlight.ones(2, 3).adjoint().shape
    torch.Size([3, 2])
    """
    turned = _matrix_transpose(input, "mH")
    return turned.conj() if turned._array.dtype.kind == "c" else turned


def _hermitian(self):
    if self._array.ndim not in (0, 2):
        raise ArgumentRuntimeError(
            explain(
                "tensor.H",
                expected="a matrix (2-D tensor)",
                got=f"a {self._array.ndim}-D tensor",
                do="Use .mH for batches of matrices.",
            )
        )
    return adjoint(self)


expose(adjoint)
attach("T", property(_reversed_dims))
attach("mT", property(_matrix_transpose))
attach("H", property(_hermitian))
attach("mH", property(adjoint))
