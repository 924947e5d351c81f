"""nn.functional.linear_cross_entropy: a linear layer and its loss in one call."""

from math import prod

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.expose import FUNCTIONAL, expose


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    weight=None,
    reduction="mean",
    ignore_index=None,
    label_smoothing=0.0,
    options=None,
):
    """Cross entropy of the scores that a linear layer gives.

        cross_entropy(input @ linear_weight.T + linear_bias, target)

    Args:
        input: (in,) or (N, in), float.
        linear_weight: (C, in), or (C, d1, ..., in).
        target: class numbers, () or (N,) or (N, d1, ...), or probabilities of the
            scores' shape.
        linear_bias: (C,) or (C, d1, ...).
        weight, reduction, label_smoothing: as for `cross_entropy`.
        ignore_index: int, the same; left out, -100.
        options: LinearCrossEntropyOptions, has no effect: torch computes in parts to
            save memory.

    Returns:
        Tensor: a number; for "none" the target's shape.

    Raises:
        RuntimeError: for sizes that do not fit, or an ignore_index beside
            probabilities.

    >>> import rushlight
    >>> x, w = rushlight.ones(2, 3), rushlight.zeros(4, 3)
    >>> linear_cross_entropy(x, w, rushlight.tensor([1, 2]))
    tensor(1.3863)
    """
    _check(input, linear_weight, linear_bias)
    classes, *shape = linear_weight.shape[:-1]
    flat = linear_weight.reshape(classes * prod(shape), linear_weight.shape[-1])
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores = FUNCTIONAL["linear"](input, flat, bias)
    scores = scores.reshape(*input.shape[:-1], classes, *shape)
    if target.shape == scores.shape and ignore_index is not None:
        _refuse("no ignore_index, as the target contains probabilities", ignore_index)
    return FUNCTIONAL["cross_entropy"](
        scores,
        target,
        weight=weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def _refuse(expected, got):
    do = "See the arguments of linear_cross_entropy()."
    raise ArgumentRuntimeError(
        explain("linear_cross_entropy()", expected=expected, got=got, do=do)
    )


def _check(input, weight, bias):
    if input.dim() not in (1, 2):
        _refuse("input with dimensionality 1 or 2", input.dim())
    if weight.dim() < 2:
        _refuse("linear_weight with dimensionality at least 2", weight.dim())
    if input.shape[-1] != weight.shape[-1]:
        got = f"{input.shape[-1]} and {weight.shape[-1]}"
        _refuse("equal input and linear_weight last dimensions (in_features)", got)
    if bias is not None and bias.shape != weight.shape[:-1]:
        _refuse(f"linear_bias shape {tuple(weight.shape[:-1])}", tuple(bias.shape))
    if weight.dim() > 2 and input.dim() == 1:
        _refuse("batched input for a K-dimensional loss", tuple(input.shape))


expose(linear_cross_entropy, torch=False, method=False, functional=True)
