"""Moving a module: dtype, device, train and eval, gradients on and off."""

from rushlight._base.device import as_device
from rushlight._base.dtype import FLOAT
from rushlight._base.dtype import bfloat16 as BFLOAT16
from rushlight._base.dtype import dtype as Dtype
from rushlight._base.dtype import float16 as HALF
from rushlight._base.dtype import float32 as SINGLE
from rushlight._base.dtype import float64 as DOUBLE
from rushlight._base.errors import ArgumentError, ArgumentTypeError, explain
from rushlight._core.grad_mode import no_grad
from rushlight._core.guarding import GUARDS
from rushlight._core.tensor import Tensor
from rushlight.nn.parameter import Parameter, is_lazy


class Convert:
    """In-place changes of all tensors of a module and of those below it.

    Parameters keep their identity (an optimizer made before still holds them), except
    when they move to or from the meta device.
    """

    def _apply(self, fn, recurse=True):
        """Replace every parameter, gradient and buffer by fn of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        with no_grad():
            for name, parameter in self._parameters.items():
                if parameter is not None:
                    self._parameters[name] = _convert(parameter, fn)
            for name, buffer in self._buffers.items():
                if is_lazy(buffer):
                    buffer.convert(fn)
                elif buffer is not None:
                    self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Move all tensors to a device, and the floating-point ones to a dtype.

        ``to(device)``, ``to(dtype)``, ``to(device, dtype)`` or ``to(tensor)``, which
        takes both from a tensor.

        Args:
            device: where to.
            dtype: float or complex; integer and bool tensors stay as they are.
            tensor: Tensor.
            non_blocking: whether a copy from pinned memory to CUDA may overlap.
            memory_format: the order of the dimensions in memory of the parameters and
                buffers with 4 or 5 of them.

        Returns:
            Module: itself.

        Raises:
            TypeError: for an integer dtype.
            RuntimeError: for a device that does not exist.

        >>> import rushlight
        >>> net = rushlight.nn.Linear(1, 1).to(rushlight.float64)
        >>> net.weight.dtype
        torch.float64
        """
        device, dtype, non_blocking, memory_format = _target(*args, **kwargs)
        if dtype is not None and dtype.category < FLOAT:
            raise ArgumentTypeError(
                explain(
                    "Module.to()",
                    expected="a dtype that can be trained",
                    got=f"only accepts floating point or complex dtypes, but got "
                    f"desired dtype={dtype}",
                    do="Convert single tensors with tensor.to(dtype).",
                )
            )

        def move(tensor):
            floating = tensor.dtype.category >= FLOAT
            wanted = dtype if dtype is not None and floating else tensor.dtype
            place = tensor.device if device is None else device
            if memory_format is not None and tensor.dim() in (4, 5):
                options = {"memory_format": memory_format}
                return tensor.to(place, wanted, non_blocking, **options)
            if place != tensor.device:
                return tensor.to(place, wanted, non_blocking)
            return tensor if wanted == tensor.dtype else tensor.to(wanted)

        return self._apply(move)

    def to_empty(self, *, device, recurse=True):
        """Move to a device without copying: the values are undefined afterwards.

        Args:
            device: where to.
            recurse: whether the modules below move too.

        Returns:
            Module: itself.
        """
        if GUARDS.on:
            GUARDS.see.untying(self, "to_empty()")
        return self._apply(lambda t: t.new_empty(t.shape, device=device), recurse)

    def type(self, dst_type):
        """Convert all parameters and buffers, of whatever dtype, to one dtype.

        Returns:
            Module: itself.
        """
        return self._apply(lambda t: t.type(dst_type))

    def float(self):
        """Convert the floating-point tensors to float32; returns the module."""
        return self._floating_to(SINGLE)

    def double(self):
        """Convert the floating-point tensors to float64; returns the module."""
        return self._floating_to(DOUBLE)

    def half(self):
        """Convert the floating-point tensors to float16; returns the module."""
        return self._floating_to(HALF)

    def bfloat16(self):
        """Convert the floating-point tensors to bfloat16; returns the module."""
        return self._floating_to(BFLOAT16)

    def _floating_to(self, dtype):
        def convert(tensor):
            have = tensor.dtype
            return (
                tensor.to(dtype) if have.category == FLOAT and have != dtype else tensor
            )

        return self._apply(convert)

    def cpu(self):
        """Move all tensors to the CPU; returns the module."""
        return self._apply(lambda t: t.cpu())

    def cuda(self, device=None):
        """Move all tensors to a CUDA device (the current one); returns the module."""
        return self._apply(lambda t: t.cuda(device))

    def share_memory(self):
        """Put all tensors into memory that other processes see; returns the module."""
        return self._apply(lambda t: t.share_memory_())

    # -- switches --------------------------------------------------------------------

    def train(self, mode=True):
        """Set training mode (dropout, batch statistics) here and below.

        Returns:
            Module: itself.

        Raises:
            ValueError: where mode is no bool.
        """
        if not isinstance(mode, bool):
            raise ArgumentError(
                explain(
                    "Module.train()",
                    expected="mode to be True or False (training mode is expected to "
                    "be boolean)",
                    got=f"{mode!r} ({type(mode).__name__})",
                    do="Use .train() or .eval().",
                )
            )
        self.training = mode
        if GUARDS.on:
            GUARDS.see.switched(self)
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        """Set evaluation mode: as ``train(False)``.

        Returns:
            Module: itself.
        """
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Set whether the parameters here and below want gradients.

        Returns:
            Module: itself.
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        """Clear the gradients of all parameters.

        Args:
            set_to_none: make them None; else fill them with zeros.
        """
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
                continue
            gradient = parameter.grad
            if gradient.grad_fn is not None:
                gradient.detach_()
            else:
                gradient.requires_grad_(False)
            gradient.zero_()


def _convert(parameter, fn):
    """A parameter after fn: itself with new data, or a new one (to or from meta)."""
    if is_lazy(parameter):
        parameter.convert(fn)
        return parameter
    new = fn(parameter)
    old_gradient = parameter.grad
    gradient = None if old_gradient is None else fn(old_gradient)
    if new is not parameter:
        if parameter.is_meta == new.is_meta:
            parameter.data = new
        else:
            parameter = Parameter(new, parameter.requires_grad)
    if gradient is not old_gradient:
        parameter.grad = gradient.requires_grad_(old_gradient.requires_grad)
    return parameter


def _target(*args, device=None, dtype=None, non_blocking=False, **kwargs):
    """What `Module.to` was given: device, dtype, non_blocking, memory_format."""
    like = kwargs.pop("tensor", None)
    memory_format = kwargs.pop("memory_format", None)
    args = list(args)
    if args and isinstance(args[0], Tensor):
        like = args.pop(0)
    elif args and isinstance(args[0], Dtype):
        dtype = args.pop(0)
    elif args:
        device = args.pop(0)
        if args and (args[0] is None or isinstance(args[0], Dtype)):
            dtype = args.pop(0)
    if args:
        non_blocking = args.pop(0)
    if like is not None:
        device, dtype = like.device, like.dtype
    if args or kwargs or not isinstance(dtype, Dtype | None):
        raise ArgumentTypeError(
            explain(
                "Module.to()",
                expected="(device), (dtype), (device, dtype) or (tensor)",
                got=f"further arguments {args or list(kwargs) or dtype}",
                do="Name them: to(device=..., dtype=...).",
            )
        )
    device = None if device is None else as_device(device)
    return device, dtype, non_blocking, memory_format
