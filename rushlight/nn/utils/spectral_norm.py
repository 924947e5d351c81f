"""spectral_norm by a hook, as it was before parametrizations."""

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.grad_mode import no_grad
from rushlight._core.guarding import GUARDS
from rushlight.nn.parameter import Parameter
from rushlight.nn.utils.parametrizations.norms import check_iterations, output_dimension
from rushlight.nn.utils.weight_norm import check_alone, check_whole, take_hook

__all__ = [
    "SpectralNorm",
    "SpectralNormLoadStateDictPreHook",
    "SpectralNormStateDictHook",
    "remove_spectral_norm",
    "spectral_norm",
]


class SpectralNorm:
    """The hook: divides the weight by its largest singular value before forward.

    Args:
        name: of the weight.
        n_power_iterations, dim, eps: see `spectral_norm`.

    Raises:
        ValueError: for no iterations.
    """

    _version = 1

    def __init__(self, name="weight", n_power_iterations=1, dim=0, eps=1e-12):
        check_iterations(n_power_iterations)
        self.name, self.dim = name, dim
        self.n_power_iterations, self.eps = n_power_iterations, eps
        self.estimated = False  # whether u and v are more than random vectors

    def reshape_weight_to_matrix(self, weight):
        """The weight as a matrix: outputs by everything else."""
        if self.dim != 0:
            others = [d for d in range(weight.dim()) if d != self.dim]
            weight = weight.permute(self.dim, *others)
        return weight.reshape(weight.size(0), -1)

    def compute_weight(self, module, do_power_iteration):
        """The weight divided by its norm.

        Args:
            module: Module.
            do_power_iteration: whether the estimate is improved first.
        """
        weight, u, v = (getattr(module, self.name + s) for s in ("_orig", "_u", "_v"))
        matrix, mv = self.reshape_weight_to_matrix(weight), TORCH["mv"]
        if do_power_iteration:
            self.estimated = True
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(self._unit(mv(matrix.t(), u)))
                    u.copy_(self._unit(mv(matrix, v)))
                # A second forward pass changes them before the first's backward.
                u, v = u.clone(), v.clone()
        return weight / self.product(weight, u, v)

    def product(self, weight, u, v):
        """The norm as the vectors u and v estimate it.

        Args:
            weight: Tensor, as it was before it was divided.
            u, v: 1-D Tensors, of the matrix's rows and columns.
        """
        return TORCH["dot"](u, TORCH["mv"](self.reshape_weight_to_matrix(weight), v))

    def _unit(self, vector):
        return FUNCTIONAL["normalize"](vector, dim=0, eps=self.eps)

    def remove(self, module):
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for suffix in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + suffix)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module, inputs):
        if GUARDS.on and not (module.training or self.estimated):
            GUARDS.see.unestimated(self, module)
        weight = self.compute_weight(module, do_power_iteration=module.training)
        setattr(module, self.name, weight)

    def _solve_v_and_rescale(self, matrix, u, target):
        inverse = matrix.t().mm(matrix).pinverse()
        v = TORCH["mv"](inverse, TORCH["mv"](matrix.t(), u))
        return v.mul_(target / TORCH["dot"](u, TORCH["mv"](matrix, v)))

    @staticmethod
    def apply(module, name, n_power_iterations, dim, eps):
        """Put the hook on a module; see `spectral_norm`."""
        check_alone("spectral_norm", module, name, SpectralNorm)
        hook = SpectralNorm(name, n_power_iterations, dim, eps)
        weight = module._parameters[name]
        if weight is None:
            raise ArgumentError(
                explain(
                    "spectral_norm()",
                    expected=f"a parameter `{name}`",
                    got="`SpectralNorm` cannot be applied as it is None",
                    do="Name another one.",
                )
            )
        check_whole("spectral_norm()", weight)
        with no_grad():
            rows, columns = hook.reshape_weight_to_matrix(weight).size()
            u = hook._unit(weight.new_empty(rows).normal_(0, 1))
            v = hook._unit(weight.new_empty(columns).normal_(0, 1))
        delattr(module, name)
        module.register_parameter(f"{name}_orig", weight)
        setattr(module, name, weight.data)
        module.register_buffer(f"{name}_u", u)
        module.register_buffer(f"{name}_v", v)
        module.register_forward_pre_hook(hook)
        module._register_state_dict_hook(SpectralNormStateDictHook(hook))
        module._register_load_state_dict_pre_hook(
            SpectralNormLoadStateDictPreHook(hook)
        )
        return hook


class SpectralNormLoadStateDictPreHook:
    """Makes up the vector v for state_dicts that were saved before it was kept."""

    def __init__(self, fn):
        self.fn = fn

    def __call__(
        self,
        state_dict,
        prefix,
        local_metadata,
        strict,
        missing_keys,
        unexpected_keys,
        error_msgs,
    ):
        hook = self.fn
        hook.estimated = True
        versions = local_metadata.get("spectral_norm", {})
        version, key = versions.get(f"{hook.name}.version"), prefix + hook.name
        if version is not None and version >= 1:
            return
        new = all(key + s in state_dict for s in ("_orig", "_u", "_v"))
        if version is None and new and key not in state_dict:
            return
        missing = [key + s for s in ("_orig", "", "_u") if key + s not in state_dict]
        if missing:
            missing_keys += missing if strict else []
            return
        with no_grad():
            original = state_dict[key + "_orig"]
            sigma = (original / state_dict.pop(key)).mean()
            matrix = hook.reshape_weight_to_matrix(original)
            v = hook._solve_v_and_rescale(matrix, state_dict[key + "_u"], sigma)
            state_dict[key + "_v"] = v


class SpectralNormStateDictHook:
    """Notes in a state_dict how it was written."""

    def __init__(self, fn):
        self.fn = fn

    def __call__(self, module, state_dict, prefix, local_metadata):
        versions = local_metadata.setdefault("spectral_norm", {})
        key = f"{self.fn.name}.version"
        if key in versions:
            raise ArgumentRuntimeError(
                explain(
                    "state_dict()",
                    expected="one spectral_norm for each parameter",
                    got=f"Unexpected key in metadata['spectral_norm']: {key}",
                    do="Remove one of them.",
                )
            )
        versions[key] = self.fn._version


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Divide a weight by its largest singular value, which is estimated as it trains.

    The weight is kept as ``{name}_orig``; `parametrizations.spectral_norm` does the
    same with other names.

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
        RuntimeError: for a second one on the same weight.
        ValueError: for no iterations, or a parameter without value.

    Source: Miyato et al., Spectral normalization for generative adversarial networks,
    2018.

    >>> import rushlight
    >>> layer = spectral_norm(rushlight.nn.Linear(4, 3))
    >>> sorted(layer.state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    dim = output_dimension(module) if dim is None else dim
    SpectralNorm.apply(module, name, n_power_iterations, dim, eps)
    return module


def remove_spectral_norm(module, name="weight"):
    """Make the weight a parameter again.

    Args:
        module: Module.
        name: of the weight.

    Returns:
        Module: the same.

    Raises:
        ValueError: where there is no spectral_norm.
    """
    take_hook("spectral_norm", module, name, SpectralNorm)
    for hooks, kind in (
        (module._state_dict_hooks, SpectralNormStateDictHook),
        (module._load_state_dict_pre_hooks, SpectralNormLoadStateDictPreHook),
    ):
        for key, hook in list(hooks.items()):
            hook = getattr(hook, "hook", hook)
            if isinstance(hook, kind) and hook.fn.name == name:
                del hooks[key]
    return module
