"""Tensors as containers: len(), iteration, in, format()."""

import numpy as np

from rushlight._base.errors import (
    ArgumentRuntimeError,
    ArgumentTypeError,
    explain,
)
from rushlight._core.tensor import Tensor, attach
from rushlight._ops.host.numbers import item

_PYTHON = frozenset((bool, int, float, complex))

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
