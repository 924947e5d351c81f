"""Activations that let large inputs pass: the family of ReLU."""

from rushlight._core.expose import TORCH
from rushlight.nn import functional as F
from rushlight.nn.modules.activation._inplace import Inplace
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import list_in_words
from rushlight.nn.parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "LeakyReLU",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "SELU",
    "SiLU",
    "Softplus",
    "Threshold",
]


class ReLU(Inplace):
    """Zero for negative inputs.

        y = max(0, x)

    Args:
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> ReLU()(rushlight.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input):
        return F.relu(input, self.inplace)


class LeakyReLU(Inplace):
    """A small slope for negative inputs.

        y = max(0, x) + negative_slope min(0, x)

    Args:
        negative_slope: float.
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> LeakyReLU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.0100,  2.0000])
    """

    __constants__ = ["inplace", "negative_slope"]

    def __init__(self, negative_slope=0.01, inplace=False):
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input):
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self):
        return self._with_inplace(f"negative_slope={self.negative_slope}")


class PReLU(Module):
    """A slope for negative inputs that is learned.

        y = max(0, x) + a min(0, x)

    Args:
        num_parameters: int, 1, or the number of channels (dimension 1).
        init: float, the slope to start with.
        device, dtype: of the parameter.

    Attributes:
        weight: a, (num_parameters,).

    >>> import rushlight
    >>> PReLU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2500,  2.0000], grad_fn=<PreluKernelBackward0>)
    """

    __constants__ = ["num_parameters"]

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        weight = TORCH["empty"](num_parameters, device=device, dtype=dtype)
        self.weight = Parameter(weight)
        self.reset_parameters()

    def reset_parameters(self):
        """Set the slope to its initial value."""
        from rushlight.nn.init import constant_

        constant_(self.weight, self.init)

    def forward(self, input):
        return F.prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"


class RReLU(Inplace):
    """A random slope for negative inputs; in evaluation mode the middle of its range.

        y = max(0, x) + a min(0, x),    a uniform in [lower, upper]

    Args:
        lower, upper: float.
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> RReLU(0.1, 0.3).eval()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2000,  2.0000])
    """

    __constants__ = ["lower", "upper", "inplace"]

    def __init__(self, lower=1.0 / 8, upper=1.0 / 3, inplace=False):
        super().__init__(inplace)
        self.lower = lower
        self.upper = upper

    def forward(self, input):
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self):
        return self._with_inplace(list_in_words(lower=self.lower, upper=self.upper))


class ELU(Inplace):
    """An exponential that ends at -alpha for negative inputs.

        y = x for x > 0, else alpha (exp(x) - 1)

    Args:
        alpha: float.
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> ELU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    __constants__ = ["alpha", "inplace"]

    def __init__(self, alpha=1.0, inplace=False):
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input):
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self):
        return self._with_inplace(f"alpha={self.alpha}")


class CELU(ELU):
    """ELU made smooth at 0 for every alpha.

        y = max(0, x) + min(0, alpha (exp(x / alpha) - 1))

    Args:
        alpha: float.
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> CELU(2.0)(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.0000])
    """

    def forward(self, input):
        return F.celu(input, self.alpha, self.inplace)


class SELU(Inplace):
    """ELU with the two constants that keep mean 0 and variance 1 from layer to layer.

        y = 1.0507 (max(0, x) + min(0, 1.6733 (exp(x) - 1)))

    Args:
        inplace: whether the input is overwritten.

    See:
        Klambauer and others, "Self-normalizing neural networks", NeurIPS 2017.

    >>> import rushlight
    >>> SELU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """

    def forward(self, input):
        return F.selu(input, self.inplace)


class GELU(Module):
    """The input times the normal probability of a value below it.

        y = x Phi(x);    "tanh": y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))

    Args:
        approximate: "none" or "tanh".

    See:
        Hendrycks and Gimpel, "Gaussian error linear units", arXiv:1606.08415.

    >>> import rushlight
    >>> GELU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.1587,  1.9545])
    """

    __constants__ = ["approximate"]

    def __init__(self, approximate="none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input):
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self):
        return f"approximate={self.approximate!r}"


class SiLU(Inplace):
    """The input times its sigmoid, also called swish.

        y = x / (1 + exp(-x))

    Args:
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> SiLU()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.2689,  1.7616])
    """

    def forward(self, input):
        return F.silu(input, self.inplace)


class Mish(Inplace):
    """The input times the hyperbolic tangent of its softplus.

        y = x tanh(log(1 + exp(x)))

    Args:
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> Mish()(rushlight.tensor([-1.0, 2.0]))
    tensor([-0.3034,  1.9440])
    """

    def forward(self, input):
        return F.mish(input, self.inplace)


class Softplus(Module):
    """ReLU made smooth.

        y = log(1 + exp(beta x)) / beta;    y = x where beta x > threshold

    Args:
        beta: float.
        threshold: float, where it goes over to the identity.

    >>> import rushlight
    >>> Softplus()(rushlight.tensor([-1.0, 2.0]))
    tensor([0.3133, 2.1269])
    """

    __constants__ = ["beta", "threshold"]

    def __init__(self, beta=1.0, threshold=20.0):
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input):
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self):
        return list_in_words(beta=self.beta, threshold=self.threshold)


class Threshold(Inplace):
    """One value for everything up to a threshold.

        y = x for x > threshold, else value

    Args:
        threshold, value: float.
        inplace: whether the input is overwritten.

    >>> import rushlight
    >>> Threshold(0.1, 20.0)(rushlight.tensor([-1.0, 2.0]))
    tensor([20.,  2.])
    """

    __constants__ = ["threshold", "value", "inplace"]

    def __init__(self, threshold, value, inplace=False):
        super().__init__(inplace)
        self.threshold = threshold
        self.value = value

    def forward(self, input):
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self):
        return self._with_inplace(
            list_in_words(threshold=self.threshold, value=self.value)
        )
