"""Gradients of convolutions as functions: torch.nn.grad's names."""

from rushlight._core.expose import FUNCTIONAL, TORCH
from rushlight._core.grad_mode import enable_grad, is_grad_enabled
from rushlight.autograd import grad

__all__ = [
    "conv1d_input",
    "conv1d_weight",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_input",
    "conv3d_weight",
]


def _zeros(size, like):
    size = tuple(size)
    return TORCH["zeros"](
        size, dtype=like.dtype, device=like.device, requires_grad=True
    )


def _gradient(name, operands, wanted, grad_output, options):
    """A convolution is linear in each operand: its gradient needs no value of it."""
    recorded = is_grad_enabled()
    with enable_grad():
        output = FUNCTIONAL[name](*operands, None, *options)
        return grad(output, operands[wanted], grad_output, create_graph=recorded)[0]


def _of_input(name, input_size, weight, grad_output, options):
    operands = _zeros(input_size, weight), weight
    return _gradient(name, operands, 0, grad_output, options)


def _of_weight(name, input, weight_size, grad_output, options):
    operands = input, _zeros(weight_size, input)
    return _gradient(name, operands, 1, grad_output, options)


def conv1d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv1d` with respect to its input.

    Args:
        input_size: the input's sizes.
        weight: (C_out, C_in / groups, K).
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: input_size.

    >>> import rushlight
    >>> w, g = rushlight.ones(1, 1, 2), rushlight.ones(1, 1, 2)
    >>> conv1d_input((1, 1, 3), w, g)
    tensor([[[1., 2., 1.]]])
    """
    options = stride, padding, dilation, groups
    return _of_input("conv1d", input_size, weight, grad_output, options)


def conv1d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv1d` with respect to its weight.

    Args:
        input: (N, C_in, L).
        weight_size: the weight's sizes.
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: weight_size.
    """
    options = stride, padding, dilation, groups
    return _of_weight("conv1d", input, weight_size, grad_output, options)


def conv2d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv2d` with respect to its input.

    Args:
        input_size: the input's sizes.
        weight: (C_out, C_in / groups, kH, kW).
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: input_size.
    """
    options = stride, padding, dilation, groups
    return _of_input("conv2d", input_size, weight, grad_output, options)


def conv2d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv2d` with respect to its weight.

    Args:
        input: (N, C_in, H, W).
        weight_size: the weight's sizes.
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: weight_size.
    """
    options = stride, padding, dilation, groups
    return _of_weight("conv2d", input, weight_size, grad_output, options)


def conv3d_input(
    input_size, weight, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv3d` with respect to its input.

    Args:
        input_size: the input's sizes.
        weight: (C_out, C_in / groups, kD, kH, kW).
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: input_size.
    """
    options = stride, padding, dilation, groups
    return _of_input("conv3d", input_size, weight, grad_output, options)


def conv3d_weight(
    input, weight_size, grad_output, stride=1, padding=0, dilation=1, groups=1
):
    """The gradient of `functional.conv3d` with respect to its weight.

    Args:
        input: (N, C_in, D, H, W).
        weight_size: the weight's sizes.
        grad_output: the gradient of the output.
        stride, padding, dilation, groups: as for the convolution.

    Returns:
        Tensor: weight_size.
    """
    options = stride, padding, dilation, groups
    return _of_weight("conv3d", input, weight_size, grad_output, options)
