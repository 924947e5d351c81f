"""Tensors as sets and labels: isin, one_hot."""

import numpy as np

from rushlight._base.errors import ArgumentRuntimeError, DtypeError, explain
from rushlight._base.shape import as_index
from rushlight._base.spec import Spec
from rushlight._core.dispatch import call
from rushlight._core.expose import expose
from rushlight._core.inplace import put_out
from rushlight._core.table import define
from rushlight._core.tensor import Tensor, wrap
from rushlight._ops._values import as_number

# ------------------------------------------------------------------------------ isin


def isin(elements, test_elements, *, assume_unique=False, invert=False, out=None):
    """Which elements are among others.

    Args:
        elements: a tensor or a number.
        test_elements: the others, a tensor or a number.
        assume_unique: neither repeats an element (makes no difference).
        invert: which are not among them.
        out: tensor to write the result to.

    Returns:
        Tensor: elements' shape, bool.

    Raises:
        TypeError: where one is neither tensor nor number.

    >>> import rushlight
    >>> rushlight.isin(rushlight.tensor([1, 2, 3]), rushlight.tensor([2, 5]))
    tensor([False,  True, False])
    """
    if not isinstance(elements, Tensor):
        elements = _beside(elements, test_elements, "elements")
    if not isinstance(test_elements, Tensor):
        test_elements = _beside(test_elements, elements, "test_elements")
    pair = elements, test_elements
    result = call(ISIN, *pair, invert=invert)
    return result if out is None else put_out(result, out, "isin()")


def _beside(value, tensor, name):
    """A number as a tensor on the device of another."""
    made = wrap(np.asarray(as_number(value, "isin()", name)))
    return made.to(tensor.device) if isinstance(tensor, Tensor) else made


def _isin_spec(x, others, *, invert):
    return Spec(x.shape, bool)


def _isin_eager(backend, x, others, *, invert):
    if x.dtype.kind == "V" or others.dtype.kind == "V":
        x, others = x.astype(np.float32), others.astype(np.float32)
    return backend.np.isin(x, others, invert=invert)


ISIN = define("isin", inputs="x others", eager=_isin_eager, spec=_isin_spec)
expose(isin, method=False)

# --------------------------------------------------------------------------- one_hot


def one_hot(tensor, num_classes=-1):
    """Each label as a row with a 1 at its place and zeros elsewhere.

    Args:
        tensor: (*), int64, the labels.
        num_classes: how many there are; -1: one more than the largest.

    Returns:
        Tensor: (*, num_classes), int64.

    Raises:
        RuntimeError: for a label outside 0 to num_classes - 1, or another dtype.

    >>> import rushlight
    >>> rushlight.nn.functional.one_hot(rushlight.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    array = tensor._array
    if array.dtype != np.int64:
        raise DtypeError(
            explain(
                "one_hot()",
                expected="an index tensor of type LongTensor",
                got=tensor.dtype,
                do="Convert it with .long().",
            )
        )
    count = as_index(num_classes, "one_hot()", "num_classes")
    if array.__class__ is not Spec:
        count = _class_count(array, count)
    return ONE_HOT.short(tensor, count=count)


def _class_count(labels, count):
    problem = None
    if not labels.size:
        if count <= 0:
            problem = "labels to infer the total number of classes from", "none"
    elif labels.min() < 0:
        problem = "class values that are non-negative", int(labels.min())
    elif count == -1:
        return int(labels.max()) + 1
    elif count < 1:
        problem = "a num_classes that is positive", count
    elif labels.max() >= count:
        problem = (
            "class values smaller than num_classes",
            (f"{int(labels.max())} of {count}"),
        )
    if problem:
        raise ArgumentRuntimeError(
            explain(
                "one_hot()",
                expected=problem[0],
                got=problem[1],
                do="Check labels and num_classes.",
            )
        )
    return count


def _one_hot_spec(x, *, count):
    return Spec((*x.shape, count), np.int64)


def _one_hot_eager(backend, x, *, count):
    rows = backend.np.zeros((x.size, count), x.dtype)
    rows[backend.np.arange(x.size), x.reshape(-1)] = 1
    return rows.reshape((*x.shape, count))


def _one_hot_lower(k, x, *, count):
    shape = (*x.shape, count)
    k.require(k.and_(k.le(0, x), k.lt(x, count)))
    return k.cast(k.eq(k.index(shape, x.ndim), k.reshape(x, (*x.shape, 1))), "i64")


ONE_HOT = define(
    "one_hot", eager=_one_hot_eager, spec=_one_hot_spec, lower=_one_hot_lower
)
expose(one_hot, torch=False, method=False, functional=True)
