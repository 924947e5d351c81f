"""What the functions of matrices share: checks, adjoints, errors of algorithms."""

from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import DtypeError, LinAlgError, ShapeError, explain
from rushlight._ops._arguments import refuse, scalar_name
from rushlight._ops._arrays import is_half


def check_matrices(x, who, square=False, name="A"):
    """Refuse what are no matrices of float32, float64 or complex numbers.

    Args:
        x: an array or spec.
        who: the function, for messages.
        square: whether they have to be square.
        name: the argument's.

    Raises:
        RuntimeError: for a shape or dtype that does not do.
    """
    if len(x.shape) < 2:
        raise ShapeError(
            explain(
                who,
                expected=f"{name}: a tensor of at least 2 dimensions",
                got=f"{len(x.shape)}: shape {list(x.shape)}",
                do="Add a dimension with None.",
            )
        )
    if square and x.shape[-1] != x.shape[-2]:
        raise ShapeError(
            explain(
                who,
                expected=f"{name} to be batches of square matrices",
                got=f"{x.shape[-2]} by {x.shape[-1]} matrices",
                do="Use lstsq or pinv for other shapes.",
            )
        )
    check_dtype(x, who)


def check_dtype(x, who):
    """Refuse integers, bool and half precision, for which there is no LAPACK."""
    refuse(x, who, "biuU", DtypeError)
    if is_half(x):
        raise DtypeError(
            explain(
                who,
                expected="float32, float64 or complex",
                got=f"{BY_NUMPY[x.dtype]}: low precision dtypes not supported, got "
                f"{scalar_name(x.dtype)}",
                do="Convert it with .float().",
            )
        )


def check_same_dtype(a, b, who):
    """Refuse two arrays of different dtypes."""
    if a.dtype != b.dtype:
        raise DtypeError(
            explain(
                who,
                expected="A and B to have the same dtype",
                got=f"{BY_NUMPY[a.dtype]} and {BY_NUMPY[b.dtype]}",
                do="Convert one of them with .to(dtype).",
            )
        )


def failed(who, why, do):
    """The LinAlgError of a matrix for which there is no answer."""
    return LinAlgError(explain(who, expected="matrices it works for", got=why, do=do))


def real_dtype(x):
    """The NumPy dtype of the absolute values of an array's elements."""
    return BY_NUMPY[x.dtype].to_real().numpy


def eye_like(x, n):
    """The identity of n rows as a Tensor with x's dtype and device."""
    return x.new_ones(n).diag_embed()
