"""Activations that bend, bound or cut their input."""

import warnings

from rushlight._base.errors import ArgumentAssertionError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.activation._inplace import Inplace
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import list_in_words

__all__ = [
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LogSigmoid",
    "ReLU6",
    "Sigmoid",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]


class Sigmoid(Module):
    """The logistic function, from 0 to 1.

        y = 1 / (1 + exp(-x))

    >>> import rushlight
    >>> Sigmoid()(rushlight.tensor([-1.0, 2.0]))
    tensor([0.2689, 0.8808])
    """

    def forward(self, input):
        return F.sigmoid(input)


class LogSigmoid(Module):
    """The logarithm of the logistic function.

        y = -log(1 + exp(-x))

    >>> import rushlight
    >>> LogSigmoid()(rushlight.tensor([-1.0, 2.0]))
    tensor([-1.3133, -0.1269])
    """

    def forward(self, input):
        return F.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent, from -1 to 1.

        y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))

    >>> import rushlight
    >>> Tanh()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.7616,  0.9640])
    """

    def forward(self, input):
        return F.tanh(input)


class Softsign(Module):
    """Bounded like the hyperbolic tangent, by a quotient.

        y = x / (1 + |x|)

    >>> import rushlight
    >>> Softsign()(rushlight.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input):
        return F.softsign(input)


class Tanhshrink(Module):
    """The input less its hyperbolic tangent.

        y = x - tanh(x)

    >>> import rushlight
    >>> Tanhshrink()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2384,  1.0360])
    """

    def forward(self, input):
        return F.tanhshrink(input)


class Hardshrink(Module):
    """Zero for all inputs near zero.

        y = x where |x| > lambd, else 0

    Args:
        lambd: float, at least 0.

    >>> import rushlight
    >>> Hardshrink()(rushlight.tensor([-1.0, 0.3]))
    tensor([-1.,  0.])
    """

    __constants__ = ["lambd"]

    def __init__(self, lambd=0.5):
        super().__init__()
        self.lambd = lambd

    def forward(self, input):
        return F.hardshrink(input, self.lambd)

    def extra_repr(self):
        return f"{self.lambd}"


class Softshrink(Module):
    """All inputs moved towards zero, at most to it.

        y = x - lambd for x > lambd;    x + lambd for x < -lambd;    else 0

    Args:
        lambd: float, at least 0.

    >>> import rushlight
    >>> Softshrink()(rushlight.tensor([-1.0, 0.3]))
    tensor([-0.5000,  0.0000])
    """

    __constants__ = ["lambd"]

    def __init__(self, lambd=0.5):
        super().__init__()
        self.lambd = lambd

    def forward(self, input):
        return F.softshrink(input, self.lambd)

    def extra_repr(self):
        return f"{self.lambd}"


class Hardsigmoid(Inplace):
    """The logistic function made of straight pieces.

        y = min(1, max(0, x / 6 + 1 / 2))

    Args:
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> Hardsigmoid()(rushlight.tensor([-1.0, 4.0]))
    tensor([0.3333, 1.0000])
    """

    def forward(self, input):
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self):
        return ""


class Hardswish(Inplace):
    """The input times its hard sigmoid.

        y = x min(1, max(0, x / 6 + 1 / 2))

    Args:
        inplace: whether the input is overwritten.

    See:
        Howard and others, "Searching for MobileNetV3", ICCV 2019.

    >>> import rushlight
    >>> Hardswish()(rushlight.tensor([-1.0, 4.0]))
    tensor([-0.3333,  4.0000])
    """

    def forward(self, input):
        return F.hardswish(input, self.inplace)

    def extra_repr(self):
        return ""


class Hardtanh(Inplace):
    """Straight between two bounds, flat outside.

        y = min(max_val, max(min_val, x))

    Args:
        min_val, max_val: float, the bounds.
        inplace: whether the input is overwritten.
        min_value, max_value: the bounds' old names, deprecated.

    Raises:
        AssertionError: where the bounds are not in order.

    >>> import rushlight
    >>> Hardtanh()(rushlight.tensor([-1.5, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    __constants__ = ["min_val", "max_val", "inplace"]

    def __init__(
        self,
        min_val=-1.0,
        max_val=1.0,
        inplace=False,
        min_value=None,
        max_value=None,
    ):
        super().__init__(inplace)
        self.min_val = _renamed(min_val, min_value, "min_val")
        self.max_val = _renamed(max_val, max_value, "max_val")
        if not self.max_val > self.min_val:
            raise ArgumentAssertionError(
                explain(
                    "Hardtanh()",
                    expected=f"max_val must be greater than min_val ({self.min_val})",
                    got=self.max_val,
                    do="Swap them.",
                )
            )

    def forward(self, input):
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self):
        return self._with_inplace(
            list_in_words(min_val=self.min_val, max_val=self.max_val)
        )


def _renamed(value, old, name):
    """A bound, given by its name or by its old one."""
    if old is None:
        return value
    warnings.warn(
        f"Hardtanh(): the keyword argument {name}ue is deprecated; use {name}.",
        FutureWarning,
        stacklevel=3,
    )
    return old


class ReLU6(Hardtanh):
    """ReLU that ends at 6.

        y = min(6, max(0, x))

    Args:
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> ReLU6()(rushlight.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """

    def __init__(self, inplace=False):
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self):
        return "inplace=True" if self.inplace else ""
