"""Tensors as Python and NumPy values: item, tolist, numpy, bool(), len(), iteration."""

import warnings

import numpy as np

from rushlight._backends import backend_of
from rushlight._base.dtype import BY_NUMPY
from rushlight._base.errors import (
    ArgumentError,
    ArgumentRuntimeError,
    ArgumentTypeError,
    GraphError,
    UnsupportedError,
    explain,
)
from rushlight._base.spec import Spec
from rushlight._core.expose import expose
from rushlight._core.tensor import Tensor, attach, wrap

_PYTHON = frozenset((bool, int, float, complex))

# ------------------------------------------------------------------------- one number


def item(input):
    """The single element as a Python number.

    Args:
        input: one element, any dtype.

    Returns:
        bool, int, float or complex.

    Raises:
        RuntimeError: where there is not exactly one element, or no data (meta).

    >>> import rushlight
    >>> rushlight.tensor([2.5]).item()
    2.5
    """
    try:
        value = input._array.item()
    except (ValueError, AttributeError):
        raise _not_one(input, "item()") from None
    return value if value.__class__ in _PYTHON else float(value)


def _not_one(input, who):
    if input.is_meta:
        got, do = "a meta tensor: item() cannot be called on it", "Create it on the CPU."
    else:
        count = input._array.size
        got = f"a Tensor with {count} elements, which cannot be converted to Scalar"
        do = "Reduce it first, or use .tolist()."
    return ArgumentRuntimeError(
        explain(who, expected="a tensor of one element", got=got, do=do)
    )


def _to_bool(self):
    array = self._array
    if array.__class__ is not Spec and array.size == 1:
        return bool(array.item())
    if self.is_meta:
        raise _not_one(self, "bool()")
    many = "more than one value" if array.size else "no values"
    raise ArgumentRuntimeError(
        explain(
            "bool()",
            expected="a tensor of one element",
            got=f"shape {list(array.shape)}: boolean value of Tensor with {many} is "
            "ambiguous",
            do="Use .any() or .all().",
        )
    )


def _number(self, kind):
    if self._edge is not None:
        _warn_of_gradient()
    if self._array.size != 1 and not self.is_meta:
        raise ArgumentError(
            explain(
                f"{kind.__name__}()",
                expected="one element: only one element tensors can be converted to "
                "Python scalars",
                got=f"shape {list(self.shape)}",
                do="Reduce it first, or use .tolist().",
            )
        )
    value = item(self)
    if value.__class__ is complex and kind is not complex:
        if value.imag:
            raise ArgumentRuntimeError(
                explain(
                    f"{kind.__name__}()",
                    expected="a real number",
                    got=f"{value}: value cannot be converted without overflow",
                    do="Use .real or .abs().",
                )
            )
        value = value.real
    return kind(value)


_warned = []


def _warn_of_gradient():
    if not _warned:
        _warned.append(True)
        warnings.warn(
            "a tensor that requires grad is converted to a Python number: the number "
            "carries no gradient. Call .detach() first if that is meant.",
            stacklevel=4,
        )


def _index(self):
    array = self._array
    if array.__class__ is not Spec and array.size == 1 and array.dtype.kind in "biu":
        return int(array.item())
    raise ArgumentTypeError(
        explain(
            "an index",
            expected="a tensor of one integer: only integer tensors of a single "
            "element can be converted to an index",
            got=f"{self.dtype} {list(self.shape)}",
            do="Use int(x) to cut a float to an integer.",
        )
    )


expose(item, torch=False)
attach("__bool__", _to_bool)
attach("__int__", lambda self: _number(self, int))
attach("__float__", lambda self: _number(self, float))
attach("__complex__", lambda self: _number(self, complex))
attach("__index__", _index)

# ------------------------------------------------------------------------ all numbers


def tolist(input):
    """The elements as nested lists of Python numbers.

    Args:
        input: (*), any dtype.

    Returns:
        list: or a number, where there are no dimensions.

    Raises:
        NotImplementedError: for a meta tensor.

    >>> import rushlight
    >>> rushlight.tensor([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    array = _host(input, "tolist()")
    return (array.astype(np.float32) if array.dtype.kind == "V" else array).tolist()


def _host(input, who):
    """The elements as a NumPy array, shared where they are on the CPU."""
    array = input._array
    if array.__class__ is np.ndarray:
        return array
    if array.__class__ is Spec:
        raise UnsupportedError(
            explain(
                who,
                expected="a tensor with data",
                got="a meta tensor: cannot copy out of meta tensor; no data!",
                do="Create it on the CPU.",
            )
        )
    return backend_of(array.__class__).to_host(array)


def numpy(input, *, force=False):
    """The elements as a NumPy array over the same memory.

    Args:
        input: (*), any dtype but bfloat16.
        force: detach and move to the CPU if need be.

    Returns:
        numpy.ndarray: writes show in the tensor.

    Raises:
        RuntimeError: where input requires grad (without force).
        TypeError: for a tensor on another device, and for bfloat16.

    >>> import rushlight
    >>> rushlight.ones(2).numpy()
    array([1., 1.], dtype=float32)
    """
    array = input._array
    if array.__class__ is not np.ndarray:
        if not force or array.__class__ is Spec:
            raise ArgumentTypeError(
                explain(
                    "numpy()",
                    expected="a tensor on the CPU",
                    got=f"can't convert {input.device} device type tensor to numpy",
                    do="Use .cpu() first, or numpy(force=True).",
                )
            )
        return _host(input, "numpy()")
    if input._edge is not None and not force:
        raise GraphError(
            explain(
                "numpy()",
                expected="a tensor without gradient",
                got="can't call numpy() on Tensor that requires grad",
                do="Use tensor.detach().numpy() instead.",
            )
        )
    if array.dtype.kind == "V":
        raise ArgumentTypeError(
            explain(
                "numpy()",
                expected="a dtype that NumPy has",
                got="got unsupported ScalarType BFloat16",
                do="Convert it with .float() first.",
            )
        )
    return array.view()


def _as_array(self, dtype=None, copy=None):
    array = numpy(self)
    if dtype is None:
        return array.copy() if copy else array
    return array.astype(dtype, copy=bool(copy))


def _wrap_array(self, array, context=None, return_scalar=False):
    """NumPy's functions of tensors give tensors."""
    if array.dtype == bool:
        array = array.astype(np.uint8)  # as torch does
    return wrap(np.asarray(array))


expose(tolist, torch=False)
expose(numpy, torch=False)
attach("__array__", _as_array)
attach("__array_wrap__", _wrap_array)

# -------------------------------------------------------------------- as a container


def _length(self):
    shape = self._array.shape
    if not shape:
        raise ArgumentTypeError(
            explain(
                "len()",
                expected="at least one dimension",
                got="len() of a 0-d tensor",
                do="Use .numel().",
            )
        )
    return shape[0]


def _iterate(self):
    if not self._array.shape:
        raise ArgumentTypeError(
            explain(
                "iteration",
                expected="at least one dimension",
                got="iteration over a 0-d tensor",
                do="Use .item().",
            )
        )
    return iter(self.unbind(0))


def _contains(self, element):
    if not isinstance(element, (Tensor, bool, int, float, complex, np.number)):
        raise ArgumentRuntimeError(
            explain(
                "in",
                expected="a Tensor or number (Tensor.__contains__ only supports those)",
                got=type(element).__name__,
                do="Convert it with torch.tensor.",
            )
        )
    return bool((element == self).any())


def _format(self, spec):
    if not self._array.shape and not self.is_meta:
        return item(self).__format__(spec)
    return object.__format__(self, spec)


attach("__len__", _length)
attach("__iter__", _iterate)
attach("__reversed__", lambda self: self.flip(0) if self._array.shape else self)
attach("__contains__", _contains)
attach("__format__", _format)
