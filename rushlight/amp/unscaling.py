"""Dividing gradients by the scale of their loss."""

from rushlight._base.dtype import float16, float32
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.grad_mode import no_grad


@no_grad()
def unscale_gradients(optimizer, inverse):
    """Multiply an optimizer's gradients in place.

    Args:
        optimizer: whose parameters' gradients.
        inverse: Tensor, (), float32.

    Returns:
        {device: Tensor}: 1.0 where a gradient there is not finite, else 0.0.

    Raises:
        ValueError: for float16 gradients.
    """
    found = {}
    for group in optimizer.param_groups:
        for param in group["params"]:
            gradient = param.grad
            if gradient is None:
                continue
            if gradient.dtype is float16:
                raise ArgumentError(
                    explain(
                        "GradScaler.unscale_()",
                        expected="float32 gradients",
                        got="Attempting to unscale FP16 gradients",
                        do="Keep the parameters in float32.",
                    )
                )
            device = gradient.device
            if device not in found:
                found[device] = TORCH["zeros"]((), dtype=float32, device=device)
            if not bool(gradient.isfinite().all()):
                found[device].fill_(1.0)
            gradient.mul_(inverse.to(device))
    return found
