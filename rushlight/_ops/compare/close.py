"""Comparisons of whole tensors, and within a tolerance: equal, isclose, allclose."""

from rushlight._base import config
from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._base.shape import broadcast_shapes
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, scalar_name
from rushlight._ops._arrays import wide


def equal(input, other):
    """Whether two tensors have the same shape and the same values.

    Args:
        input, other: tensors; any shape and dtype.

    Returns:
        bool: False too where one holds a nan.

    Raises:
        TypeError: where one is no tensor.

    >>> import rushlight
    >>> rushlight.equal(rushlight.tensor([1, 2]), rushlight.tensor([1, 2]))
    True
    """
    require_tensor(input, "equal()")
    require_tensor(other, "equal()", "other")
    if input._array.shape != other._array.shape:
        return False
    return bool(input.eq(other)._array.all())


expose(equal)


def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether elements agree: ``|input - other| <= atol + rtol * |other|``.

    Args:
        input, other: tensors of shapes that broadcast and of one dtype; any.
        rtol, atol: relative and absolute tolerance, not negative.
        equal_nan: whether nan is close to nan.

    Returns:
        Tensor: of the broadcast shape, bool.  Infinities are close to themselves only.

    Raises:
        RuntimeError: where the dtypes differ, the shapes do not broadcast or a
            tolerance is negative.
        TypeError: where one is no tensor.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> rushlight.isclose(x, rushlight.tensor([1.0 + 1e-6, 2.1]))
    tensor([ True, False])
    """
    require_tensor(input, "isclose()")
    require_tensor(other, "isclose()", "other")
    attrs = {"rtol": rtol, "atol": atol, "equal_nan": equal_nan}
    return call(ISCLOSE, input, other, **attrs)


def _isclose_spec(x, y, *, rtol, atol, equal_nan):
    if x.dtype != y.dtype:
        raise DtypeError(
            explain(
                "isclose()",
                expected="tensors of one dtype",
                got=f"{scalar_name(x.dtype)} did not match {scalar_name(y.dtype)}",
                do="Convert one of them with .to(dtype).",
            )
        )
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise ArgumentRuntimeError(
                explain(
                    "isclose()",
                    expected=f"{name} to be greater than or equal to zero",
                    got=value,
                    do="Tolerances are distances.",
                )
            )
    return Spec(broadcast_shapes(x.shape, y.shape), bool)


def _isclose_eager(backend, x, y, *, rtol, atol, equal_nan):
    np = backend.np
    _isclose_spec(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)
    close = np.equal(x, y)
    if equal_nan and x.dtype.kind in "fVc":
        close = close | (np.isnan(x) & np.isnan(y))
    if rtol == 0 and atol == 0:
        return close
    x, y = wide(x), wide(y)
    if x.dtype.kind in "biu":
        dtype = config.default_dtype().numpy
        x, y = x.astype(dtype), y.astype(dtype)
    distance = np.abs(x - y)
    return close | (np.isfinite(distance) & (distance <= atol + np.abs(rtol * y)))


ISCLOSE = define("isclose", inputs="x y", eager=_isclose_eager, spec=_isclose_spec)
expose(isclose)


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements agree within a tolerance.

    Args:
        input, other, rtol, atol, equal_nan: as for `isclose`.

    Returns:
        bool.

    >>> import rushlight
    >>> x = rushlight.tensor([1.0, 2.0])
    >>> rushlight.allclose(x, x + 1e-7)
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


expose(allclose)
