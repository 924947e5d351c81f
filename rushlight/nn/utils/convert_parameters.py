"""All parameters as one vector, and back."""

from rushlight._base.errors import ArgumentTypeError, DeviceError, explain
from rushlight._core.expose import TORCH
from rushlight._core.tensor import Tensor


def parameters_to_vector(parameters):
    """The values of all parameters in one vector; gradients flow through.

    Args:
        parameters: iterable of tensors on one device.

    Returns:
        Tensor: (total number of values,).

    Raises:
        TypeError: for parameters on several devices.

    >>> import rushlight
    >>> parameters_to_vector([rushlight.ones(2), rushlight.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    parameters = list(parameters)
    _check_one_device(parameters, "parameters_to_vector()")
    return TORCH["cat"]([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec, parameters):
    """Make the parameters views of one vector's parts, in order.

    Args:
        vec: (total number of values,).
        parameters: iterable of tensors on one device.

    Raises:
        TypeError: where vec is no tensor, or the parameters are on several devices.

    >>> import rushlight
    >>> w = rushlight.zeros(2)
    >>> vector_to_parameters(rushlight.tensor([1.0, 2.0]), [w])
    >>> w
    tensor([1., 2.])
    """
    if not isinstance(vec, Tensor):
        raise ArgumentTypeError(
            explain(
                "vector_to_parameters()",
                expected="vec to be a Tensor",
                got=type(vec).__name__,
                do="Use what parameters_to_vector returned.",
            )
        )
    parameters = list(parameters)
    _check_one_device(parameters, "vector_to_parameters()")
    start = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = vec[start : start + count].view(parameter.shape).data
        start += count


class _DeviceTypeError(DeviceError, TypeError):
    """Parameters on several devices: PyTorch raises TypeError here."""


def _check_one_device(parameters, who):
    devices = {parameter.device for parameter in parameters}
    if len(devices) > 1:
        raise _DeviceTypeError(
            explain(
                who,
                expected="all parameters on the same device",
                got=" and ".join(sorted(map(str, devices))),
                do="Move the module to one of them first.",
            )
        )
