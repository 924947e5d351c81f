"""Refusals that the norms share."""

from rushlight._base.errors import DtypeError, ShapeError, explain
from rushlight._ops._arguments import how_to_convert, refuse


def check_factor(factor, name, shape, x, who):
    """Refuse a weight or bias of another shape or dtype (float32 goes with half)."""
    if factor is None:
        return
    refuse(x, who, "biuUc")
    if tuple(factor.shape) != tuple(shape):
        raise ShapeError(
            explain(
                who,
                expected=f"{name} of shape {list(shape)}",
                got=list(factor.shape),
                do="One element for each one that is scaled.",
            )
        )
    wide_enough = x.dtype.itemsize == 2 and str(factor.dtype) == "float32"
    if factor.dtype != x.dtype and not wide_enough:
        raise mixed(who, name, x, factor)


def mixed(who, name, x, factor):
    """The error for dtypes that do not go together."""
    return DtypeError(
        explain(
            who,
            expected=f"{name} of the input's dtype {x.dtype}",
            got=f"{factor.dtype} (mixed dtype)",
            do=how_to_convert(x, factor),
        )
    )
