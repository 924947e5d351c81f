"""Weights of a chosen length, or of largest singular value 1."""

from rushlight._base.errors import ArgumentError, OutOfRangeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.conv import (
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from rushlight.nn.modules.module import Module
from rushlight.nn.utils import parametrize
from rushlight.nn.utils.weight_norm import norm_except_dim, scaled_to_norm


class _WeightNorm(Module):
    """(length, direction) -> weight."""

    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return scaled_to_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight):
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    """Split a weight into length and direction: ``w = g * v / |v|``.

    Stored are ``parametrizations.weight.original0`` (g) and ``original1`` (v);
    state_dicts with the older names ``weight_g`` and ``weight_v`` load too.

    Args:
        module: Module.
        name: of the weight.
        dim: the dimension along which each slice has a length of its own; -1 or None:
            one length for all.

    Returns:
        Module: the same.

    Source: Salimans and Kingma, Weight normalization, 2016.

    >>> import rushlight
    >>> layer = weight_norm(rushlight.nn.Linear(4, 3))
    >>> layer.parametrizations.weight.original0.shape
    torch.Size([3, 1])
    """
    own = _WeightNorm(dim)
    parametrize.register_parametrization(module, name, own, unsafe=True)

    def rename(state_dict, prefix, *others):
        old = [f"{prefix}{name}_{letter}" for letter in "gv"]
        if all(key in state_dict for key in old):
            for number, key in enumerate(old):
                new = f"{prefix}parametrizations.{name}.original{number}"
                state_dict[new] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(rename)
    return module


def weight_of(module, name):
    """A module's parameter or buffer.

    Raises:
        ValueError: where there is none.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ArgumentError(
            explain(
                "nn.utils.parametrizations",
                expected=f"a parameter or buffer with name '{name}'",
                got=f"Module '{module}' has no parameter or buffer with name '{name}'",
                do="Check the name.",
            )
        )
    return weight


def output_dimension(module):
    """The dimension of a weight that counts the outputs."""
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


def check_iterations(count):
    """Refuse a number of power iterations that is not positive.

    Raises:
        ValueError: for that.
    """
    if count <= 0:
        raise ArgumentError(
            explain(
                "spectral_norm()",
                expected="Expected n_power_iterations to be positive",
                got=count,
                do="1 is enough in training.",
            )
        )


class _SpectralNorm(Module):
    """weight -> weight / its largest singular value, by power iterations."""

    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise OutOfRangeError(
                explain(
                    "spectral_norm()",
                    expected=f"dim in [-{ndim}, {ndim - 1}]",
                    got=f"Dimension out of range: {dim}",
                    do="Name the dimension of the outputs.",
                )
            )
        check_iterations(n_power_iterations)
        self.dim = dim if dim >= 0 else dim + ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._matrix(weight)
            rows, columns = matrix.size()
            u = matrix.detach().new_empty(rows).normal_(0, 1)
            v = matrix.detach().new_empty(columns).normal_(0, 1)
            self.register_buffer("_u", self._unit(u))
            self.register_buffer("_v", self._unit(v))
            self._power_method(matrix, 15)

    def _unit(self, vector):
        return FUNCTIONAL["normalize"](vector, dim=0, eps=self.eps)

    def _matrix(self, weight):
        if self.dim != 0:
            others = [d for d in range(weight.dim()) if d != self.dim]
            weight = weight.permute(self.dim, *others)
        return weight.flatten(1)

    @no_grad()
    def _power_method(self, matrix, iterations):
        mv = TORCH["mv"]
        for _ in range(iterations):
            self._u.copy_(self._unit(mv(matrix, self._v)))
            self._v.copy_(self._unit(mv(matrix.H, self._u)))

    def forward(self, weight):
        if weight.ndim == 1:
            return self._unit(weight)
        matrix = self._matrix(weight)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        # Copies: a second forward pass changes the buffers before the first's backward.
        u, v = self._u.clone(), self._v.clone()
        return weight / TORCH["vdot"](u, TORCH["mv"](matrix, v))

    def right_inverse(self, value):
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Divide a weight by its largest singular value, which is estimated as it trains.

    Args:
        module: Module.
        name: of the weight.
        n_power_iterations: int, improvements of the estimate in each training pass.
        eps: least length that a vector is divided by.
        dim: the dimension of the outputs; left out, 0, or 1 for transposed
            convolutions.

    Returns:
        Module: the same.

    Raises:
        ValueError: for a missing weight, or no iterations.
        IndexError: for a dimension out of range.

    Source: Miyato et al., Spectral normalization for generative adversarial networks,
    2018.

    >>> import rushlight
    >>> layer = spectral_norm(rushlight.nn.Linear(4, 3))
    >>> bool((rushlight.linalg.matrix_norm(layer.weight, 2) - 1).abs() < 0.1)
    True
    """
    weight = weight_of(module, name)
    dim = output_dimension(module) if dim is None else dim
    own = _SpectralNorm(weight, n_power_iterations, dim, eps)
    return parametrize.register_parametrization(module, name, own)
