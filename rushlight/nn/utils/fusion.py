"""Batch norm folded into the layer before it, for evaluation."""

import copy

from rushlight._base.errors import ArgumentAssertionError, explain
from rushlight._core.expose import TORCH
from rushlight.nn.parameter import Parameter

__all__ = [
    "fuse_conv_bn_eval",
    "fuse_conv_bn_weights",
    "fuse_linear_bn_eval",
    "fuse_linear_bn_weights",
]


def _check(holds, who, expected, got, do="Call .eval() on both."):
    if not holds:
        raise ArgumentAssertionError(explain(who, expected=expected, got=got, do=do))


def _check_ready(who, layer, norm):
    _check(not (layer.training or norm.training), who, "evaluation mode", "training")
    has_statistics = norm.running_mean is not None and norm.running_var is not None
    _check(
        has_statistics,
        who,
        "running_mean and running_var",
        "None",
        "Batch norm without statistics cannot be folded.",
    )


def fuse_conv_bn_eval(conv, bn, transpose=False):
    """One convolution that does what a convolution and a batch norm do in evaluation.

    Args:
        conv: Conv or ConvTranspose module.
        bn: BatchNorm module.
        transpose: whether it is a ConvTranspose.

    Returns:
        Module: a copy of conv with other weights.

    Raises:
        AssertionError: in training mode, or without statistics.

    >>> import rushlight.nn as nn
    >>> fuse_conv_bn_eval(nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval())
    Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
    """
    _check_ready("fuse_conv_bn_eval()", conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight,
        fused.bias,
        bn.running_mean,
        bn.running_var,
        bn.eps,
        bn.weight,
        bn.bias,
        transpose,
    )
    return fused


def fuse_conv_bn_weights(
    conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False
):
    """The weight and bias of a convolution that includes the batch norm after it.

        w' = w * bn_w / sqrt(bn_rv + bn_eps)
        b' = (b - bn_rm) / sqrt(bn_rv + bn_eps) * bn_w + bn_b

    Args:
        conv_w: (C_out, C_in, *), or (C_in, C_out, *) with transpose.
        conv_b: (C_out,) or None.
        bn_rm, bn_rv: (C_out,), mean and variance.
        bn_eps: float.
        bn_w, bn_b: (C_out,) or None.
        transpose: whether it is a ConvTranspose's.

    Returns:
        tuple of Parameter: weight, bias.
    """
    like = TORCH["zeros_like"]
    b = like(bn_rm) if conv_b is None else conv_b
    scale = TORCH["ones_like"](bn_rm) if bn_w is None else bn_w
    shift = like(bn_rm) if bn_b is None else bn_b
    root = TORCH["rsqrt"](bn_rv + bn_eps)
    shape = [1] * conv_w.dim()
    shape[1 if transpose else 0] = -1
    weight = (conv_w * (scale * root).reshape(shape)).to(conv_w.dtype)
    bias = ((b - bn_rm) * root * scale + shift).to(
        conv_w.dtype if conv_b is None else conv_b.dtype
    )
    return (
        Parameter(weight.detach(), conv_w.requires_grad),
        Parameter(bias.detach(), b.requires_grad),
    )


def fuse_linear_bn_eval(linear, bn):
    """One linear layer that does what a linear layer and a batch norm do in evaluation.

    Args:
        linear: Linear.
        bn: BatchNorm module of as many features, or of one.

    Returns:
        Linear: a copy with other weights.

    Raises:
        AssertionError: in training mode, without statistics, or for other sizes.

    >>> import rushlight.nn as nn
    >>> fuse_linear_bn_eval(nn.Linear(3, 2).eval(), nn.BatchNorm1d(2).eval())
    Linear(in_features=3, out_features=2, bias=True)
    """
    who = "fuse_linear_bn_eval()"
    _check_ready(who, linear, bn)
    _check(
        bn.num_features in (linear.out_features, 1),
        who,
        "linear.out_features == bn.num_features or bn.num_features == 1",
        f"{linear.out_features} and {bn.num_features}",
        "Fuse layers that follow each other.",
    )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        fused.weight,
        fused.bias,
        bn.running_mean,
        bn.running_var,
        bn.eps,
        bn.weight,
        bn.bias,
    )
    return fused


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """The weight and bias of a linear layer that includes the batch norm after it.

    Args:
        linear_w: (C_out, C_in).
        linear_b: (C_out,) or None.
        bn_rm, bn_rv: (C_out,), mean and variance.
        bn_eps: float.
        bn_w, bn_b: (C_out,).

    Returns:
        tuple of Parameter: weight, bias.
    """
    b = TORCH["zeros_like"](bn_rm) if linear_b is None else linear_b
    scale = bn_w * TORCH["rsqrt"](bn_rv + bn_eps)
    weight = linear_w * scale.unsqueeze(-1).to(linear_w.dtype)
    bias = ((b - bn_rm) * scale + bn_b).to(
        linear_w.dtype if linear_b is None else linear_b.dtype
    )
    return (
        Parameter(weight.detach(), linear_w.requires_grad),
        Parameter(bias.detach(), b.requires_grad),
    )
