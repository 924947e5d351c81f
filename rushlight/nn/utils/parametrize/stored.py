"""What a parametrized tensor is computed from, and by what."""

from collections.abc import Sequence

from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.grad_mode import no_grad
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.container import ModuleList
from rushlight.nn.parameter import Parameter


def refuse(who, expected, got, kind=ArgumentError, do="Change the parametrization."):
    """Raise an error about a parametrization."""
    raise kind(explain(who, expected=expected, got=got, do=do))


def check_same_kind(who, value, like, what):
    """Refuse a value that is no Tensor, or of another dtype or shape.

    Raises:
        ValueError: for those.
    """
    if not isinstance(value, Tensor):
        got = f"A {what} must return a tensor. Got {type(value).__name__}"
        refuse(who, "a Tensor", got)
    for name in ("dtype", "shape"):
        mine, wanted = getattr(value, name), getattr(like, name)
        if mine != wanted:
            refuse(
                who,
                f"{name} {wanted}",
                f"{mine}: a {what} may not change the {name} of the tensor, unless "
                "`unsafe` is on",
            )


def register_tensor(module, name, tensor):
    """Register a Parameter as one, another Tensor as a buffer."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def put_value(tensor, value):
    """Give a tensor another value, keeping the object, which the optimizer knows."""
    with no_grad():
        tensor.data = value.detach()


def inverted(modules, value, strict):
    """What the right inverses, last first, make of a value."""
    for module in reversed(list(modules)):
        if hasattr(module, "right_inverse"):
            try:
                value = module.right_inverse(value)
            except NotImplementedError:
                if strict:
                    raise
        elif strict:
            refuse(
                type(module).__name__,
                "a method right_inverse",
                f"parametrization {type(module).__name__} does not implement "
                "right_inverse",
                ArgumentRuntimeError,
                "Write it, or assign to the original.",
            )
    return value


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and the tensor (or tensors) they start from.

    Args:
        modules: sequence of Modules; the first gets the original.
        original: Tensor or Parameter, the value before.
        unsafe: whether dtype and shape may change.

    Raises:
        ValueError: for no modules, or one that changes dtype or shape.
    """

    def __init__(self, modules, original, unsafe=False):
        if len(modules) == 0:
            refuse(
                "ParametrizationList()",
                "one or more modules",
                "none",
                do="Pass the parametrization.",
            )
        super().__init__(modules)
        self.unsafe = unsafe
        before = original.detach()
        with no_grad():
            new = inverted(self, original, strict=False)
        if not isinstance(new, (Tensor, Sequence)):
            refuse(
                "right_inverse()",
                "a Tensor or a Sequence of tensors",
                type(new).__name__,
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            self._take_one(original, new)
        else:
            self._take_several(original, new)
        if not unsafe:
            check_same_kind(
                "register_parametrization()", self(), before, "parametrization"
            )

    def _take_one(self, original, new):
        for name in ("dtype", "device"):
            mine, wanted = getattr(new, name), getattr(original, name)
            if mine != wanted:
                refuse(
                    "right_inverse()",
                    f"one tensor of {name} {wanted}",
                    f"{mine}: it may not change the {name}",
                )
        if new is not original:
            put_value(original, new)
        register_tensor(self, "original", original)

    def _take_several(self, original, new):
        for number, tensor in enumerate(new):
            if not isinstance(tensor, Tensor):
                got = f"element {number}: {type(tensor).__name__}"
                refuse("right_inverse()", "a Sequence of tensors", got)
            if isinstance(original, Parameter):
                tensor = Parameter(tensor, original.requires_grad)
            tensor.requires_grad_(original.requires_grad)
            register_tensor(self, f"original{number}", tensor)

    def right_inverse(self, value):
        """Store what the right inverses make of a value.

        Args:
            value: Tensor, as the parametrized one.

        Raises:
            RuntimeError: where a parametrization has none.
            ValueError: where one gives another kind of value.
        """
        with no_grad():
            value = inverted(self, value, strict=True)
        if self.is_tensor:
            value = (value,)
            names = ["original"]
        else:
            names = [f"original{i}" for i in range(self.ntensors)]
        if not isinstance(value, Sequence) or len(value) != len(names):
            got = len(value) if isinstance(value, Sequence) else type(value).__name__
            refuse("right_inverse()", f"a sequence of {len(names)} tensors", got)
        for name, tensor in zip(names, value, strict=True):
            if not isinstance(tensor, Tensor):
                refuse("right_inverse()", "a tensor", type(tensor).__name__)
            own = getattr(self, name)
            if tensor.dtype != own.dtype:
                refuse("right_inverse()", f"dtype {own.dtype}", tensor.dtype)
            put_value(own, tensor)

    def forward(self):
        """The parametrized tensor."""
        first, *rest = self
        if self.is_tensor:
            value = first(self.original)
        else:
            value = first(
                *[getattr(self, f"original{i}") for i in range(self.ntensors)]
            )
        for module in rest:
            value = module(value)
        return value
