"""What kind of number each element is: isnan, isinf, isfinite, isreal..."""

from rushlight._base.errors import DtypeError, explain
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.table import define
from rushlight._ops._arguments import require_tensor, same_dtype_out


def _bool_spec(x):
    return Spec(x.shape, bool)


# ------------------------------------------------------------ isnan, isinf, isfinite


def isnan(input):
    """Whether elements are nan; of complex numbers, either part.

    Args:
        input: (*), any dtype.

    Returns:
        Tensor: same shape, bool.

    Raises:
        TypeError: where input is no tensor.

    >>> import rushlight
    >>> rushlight.isnan(rushlight.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return ISNAN.short(input)


def isinf(input):
    """Whether elements are infinite; of complex numbers, either part.

    Args:
        input: as for `isnan`.

    Returns:
        Tensor: same shape, bool.

    >>> import rushlight
    >>> rushlight.isinf(rushlight.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return ISINF.short(input)


def isfinite(input):
    """Whether elements are neither nan nor infinite.

    Args:
        input: as for `isnan`.

    Returns:
        Tensor: same shape, bool.

    >>> import rushlight
    >>> rushlight.isfinite(rushlight.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return ISFINITE.short(input)


def _isnan_lower(k, x):
    return k.ne(x, x)


def _isinf_lower(k, x):
    return k.eq(k.abs(x), k.const(float("inf")))


def _isfinite_lower(k, x):
    return k.lt(k.abs(x), k.const(float("inf")))


ISNAN = define("isnan", eager="isnan", spec=_bool_spec, lower=_isnan_lower)
ISINF = define("isinf", eager="isinf", spec=_bool_spec, lower=_isinf_lower)
ISFINITE = define("isfinite", eager="isfinite", spec=_bool_spec, lower=_isfinite_lower)
expose(isnan)
expose(isinf)
expose(isfinite)

# ---------------------------------------------------------------- isposinf, isneginf


def isposinf(input, *, out=None):
    """Whether elements are positive infinity.

    Args:
        input: (*), any dtype but complex.
        out: bool tensor to write the result to.

    Returns:
        Tensor: same shape, bool.

    Raises:
        RuntimeError: for complex tensors, and for an ``out`` that is not bool.

    >>> import rushlight
    >>> rushlight.isposinf(rushlight.tensor([float("inf"), float("-inf")]))
    tensor([ True, False])
    """
    result = ISPOSINF.short(input)
    return result if out is None else same_dtype_out(result, out, "isposinf()")


def isneginf(input, *, out=None):
    """Whether elements are negative infinity.

    Args:
        input, out: as for `isposinf`.

    Returns:
        Tensor: same shape, bool.

    >>> import rushlight
    >>> rushlight.isneginf(rushlight.tensor([float("inf"), float("-inf")]))
    tensor([False,  True])
    """
    result = ISNEGINF.short(input)
    return result if out is None else same_dtype_out(result, out, "isneginf()")


def _signed_spec(x):
    if x.dtype.kind == "c":
        raise DtypeError(
            explain(
                "isposinf() and isneginf()",
                expected="a real tensor",
                got="complex inputs, which are not supported",
                do="Test .real and .imag.",
            )
        )
    return Spec(x.shape, bool)


def _isposinf_eager(backend, x):
    return _equals(backend.np, x, float("inf"))


def _isneginf_eager(backend, x):
    return _equals(backend.np, x, float("-inf"))


def _equals(np, x, infinity):
    _signed_spec(x)
    return np.equal(x, infinity) if x.dtype.kind in "fV" else np.zeros(x.shape, bool)


ISPOSINF = define("isposinf", eager=_isposinf_eager, spec=_signed_spec)
ISNEGINF = define("isneginf", eager=_isneginf_eager, spec=_signed_spec)
expose(isposinf)
expose(isneginf)

# ---------------------------------------------------------------------------- isreal


def isreal(input):
    """Whether elements have no imaginary part.

    Args:
        input: as for `isnan`.

    Returns:
        Tensor: same shape, bool.

    >>> import rushlight
    >>> rushlight.isreal(rushlight.tensor([1 + 0j, 1j]))
    tensor([ True, False])
    """
    require_tensor(input, "isreal()")
    return ISREAL.short(input)


def _isreal_eager(backend, x):
    np = backend.np
    return np.equal(x.imag, 0) if x.dtype.kind == "c" else np.ones(x.shape, bool)


ISREAL = define("isreal", eager=_isreal_eager, spec=_bool_spec)
expose(isreal)
