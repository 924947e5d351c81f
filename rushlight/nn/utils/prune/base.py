"""What all ways of pruning share, and several of them one after another.

# Note [Pruned parameters]
# A pruned "weight" is kept as the parameter "weight_orig" and the buffer "weight_mask";
# "weight" itself becomes an attribute that a hook computes before each forward.
"""

from abc import ABC, abstractmethod

from rushlight._base.errors import (
    ArgumentAssertionError,
    ArgumentError,
    ArgumentTypeError,
    MissingAttributeError,
    OutOfRangeError,
    explain,
)
from rushlight._core.expose import TORCH


def refuse(kind, expected, got, do="See nn.utils.prune."):
    """Raise an error about pruning."""
    raise kind(explain("nn.utils.prune", expected=expected, got=got, do=do))


def _check_scores(scores, tensor, what):
    if scores.shape != tensor.shape:
        refuse(
            ArgumentAssertionError,
            f"importance_scores of the shape of {what}, {tensor.shape}",
            scores.shape,
        )


class BasePruningMethod(ABC):
    """Base class: a subclass writes ``compute_mask`` and sets ``PRUNING_TYPE``.

    `PRUNING_TYPE` is "unstructured" (single elements), "structured" (slices along
    ``dim``) or "global" (the whole tensor at once).
    """

    _tensor_name: str | None = None

    def __call__(self, module, inputs):
        """The hook: compute the pruned tensor before forward."""
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t, default_mask):
        """A mask for a tensor.

        Args:
            t: Tensor, the importance of each element.
            default_mask: Tensor of the same shape, what is masked already.

        Returns:
            Tensor: the same shape, 1 where the element stays and 0 elsewhere.
        """

    def apply_mask(self, module):
        """The pruned tensor of a module: original times mask."""
        self._check_applied(module)
        mask = getattr(module, f"{self._tensor_name}_mask")
        original = getattr(module, f"{self._tensor_name}_orig")
        return mask.to(dtype=original.dtype) * original

    def _check_applied(self, module):
        if self._tensor_name is None:
            refuse(ArgumentAssertionError, "apply() first", f"Module {module}")

    @classmethod
    def apply(cls, module, name, *args, importance_scores=None, **kwargs):
        """Prune a parameter of a module (Note [Pruned parameters]).

        Args:
            module: Module.
            name: of the parameter; one that is pruned is pruned further.
            args, kwargs: for the constructor.
            importance_scores: Tensor of the parameter's shape to go by instead of it.

        Returns:
            BasePruningMethod: the hook.
        """
        method = _joined(module, name, cls(*args, **kwargs))
        original = getattr(module, name)
        scores = original if importance_scores is None else importance_scores
        _check_scores(scores, original, f"parameter {name} of {module}")
        is_first = not isinstance(method, PruningContainer)
        if is_first:
            module.register_parameter(f"{name}_orig", original)
            del module._parameters[name]
            before = TORCH["ones_like"](original.detach())
        else:
            before = getattr(module, f"{name}_mask").detach().clone()
        try:
            mask = method.compute_mask(scores, default_mask=before)
            module.register_buffer(f"{name}_mask", mask)
            setattr(module, name, method.apply_mask(module))
            module.register_forward_pre_hook(method)
        except Exception:
            if is_first:
                module.register_parameter(name, original)
                del module._parameters[f"{name}_orig"]
            raise
        return method

    def prune(self, t, default_mask=None, importance_scores=None):
        """A pruned copy of a tensor, without any module.

        Args:
            t: Tensor.
            default_mask: Tensor of its shape; left out, nothing is masked yet.
            importance_scores: Tensor of its shape; left out, the tensor itself.

        Returns:
            Tensor: the same shape.

        Raises:
            AssertionError: for scores of another shape.
        """
        scores = t if importance_scores is None else importance_scores
        _check_scores(scores, t, "tensor t")
        if default_mask is None:
            default_mask = TORCH["ones_like"](t)
        return t * self.compute_mask(scores, default_mask=default_mask)

    def remove(self, module):
        """Make the pruned tensor the parameter again, for good."""
        self._check_applied(module)
        name = self._tensor_name
        weight = self.apply_mask(module)
        if hasattr(module, name):
            delattr(module, name)
        original = module._parameters.pop(f"{name}_orig")
        original.data = weight.data
        del module._buffers[f"{name}_mask"]
        setattr(module, name, original)


def _joined(module, name, method):
    """A method for a parameter, joined with the one that prunes it already."""
    method._tensor_name = name
    hooks = module._forward_pre_hooks
    keys = [
        key
        for key, hook in hooks.items()
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name
    ]
    if len(keys) > 1:
        refuse(
            ArgumentAssertionError,
            "one pruning hook for each tensor",
            f"several on {name} of {module}",
            "Use a PruningContainer.",
        )
    if not keys:
        return method
    old = hooks.pop(keys[0])
    container = old if isinstance(old, PruningContainer) else PruningContainer(old)
    container.add_pruning_method(method)
    return container


class PruningContainer(BasePruningMethod):
    """Ways of pruning one tensor, each on top of those before.

    Args:
        args: BasePruningMethods over the same tensor.
    """

    def __init__(self, *args):
        self._pruning_methods = ()
        if len(args) == 1:
            self._tensor_name = args[0]._tensor_name
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method):
        """Append a method.

        Raises:
            TypeError: for something else.
            ValueError: for one over another tensor.
        """
        if method is not None and not isinstance(method, BasePruningMethod):
            got = f"{type(method)} is not a BasePruningMethod subclass"
            refuse(ArgumentTypeError, "a BasePruningMethod", got)
        if method is not None and self._tensor_name != method._tensor_name:
            refuse(
                ArgumentError,
                f"methods over the parameter '{self._tensor_name}'",
                f"Found '{method._tensor_name}'",
            )
        self._pruning_methods += (method,)

    def __len__(self):
        return len(self._pruning_methods)

    def __iter__(self):
        return iter(self._pruning_methods)

    def __getitem__(self, idx):
        return self._pruning_methods[idx]

    def compute_mask(self, t, default_mask):
        """The mask of the last method on what the others left.

        Args:
            t: Tensor, the importance of each element.
            default_mask: Tensor of its shape, the mask so far.

        Returns:
            Tensor: the mask.
        """
        method = self._pruning_methods[-1]
        mask = default_mask.to(dtype=t.dtype, copy=True)
        where = _open_places(method, t, default_mask)
        part = method.compute_mask(t[where], default_mask=default_mask[where])
        mask[where] = part.to(dtype=mask.dtype)
        return mask


def _open_places(method, t, mask):
    """The index of what a method may still prune."""
    kind = method.PRUNING_TYPE
    if kind == "unstructured":
        return mask == 1
    everything = [slice(None)] * t.dim()
    if kind == "global":
        return tuple(everything)
    if kind != "structured":
        got = f"Unrecognized PRUNING_TYPE {kind}"
        refuse(ArgumentError, "'unstructured', 'structured' or 'global'", got)
    if not hasattr(method, "dim"):
        refuse(MissingAttributeError, "the attribute `dim` of a structured method", "")
    dim = method.dim + t.dim() if method.dim < 0 else method.dim
    if dim < 0:
        got = f"Index is out of bounds for tensor with dimensions {t.dim()}"
        refuse(OutOfRangeError, "a dimension of the tensor", got)
    others = [d for d in range(t.dim()) if d != dim]
    everything[dim] = mask.sum(dim=others) != 0
    return tuple(everything)
