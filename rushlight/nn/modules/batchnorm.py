"""Batch normalisation in one, two and three dimensions."""

from rushlight._base.dtype import int64
from rushlight._base.errors import ArgumentError, explain
from rushlight._core.expose import TORCH
from rushlight._core.guarding import GUARDS
from rushlight.nn import functional as F
from rushlight.nn import init
from rushlight.nn.modules.module import Module
from rushlight.nn.modules.utils import empty_parameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"]


class _NormBase(Module):
    """Scale, shift and running statistics of one value for each channel."""

    _version = 2
    __constants__ = ["track_running_stats", "momentum", "eps", "num_features", "affine"]

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__()
        place = {"device": device, "dtype": dtype}
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        for name, there in (("weight", affine), ("bias", affine and bias)):
            value = empty_parameter(num_features, **place) if there else None
            self.register_parameter(name, value)
        mean = variance = count = None
        if track_running_stats:
            mean = TORCH["zeros"](num_features, **place)
            variance = TORCH["ones"](num_features, **place)
            count = TORCH["zeros"]((), dtype=int64, device=device)
        self.register_buffer("running_mean", mean)
        self.register_buffer("running_var", variance)
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self):
        """Forget the statistics: mean 0, variance 1, no batches."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Forget the statistics and set scale 1, shift 0."""
        self.reset_running_stats()
        if self.affine:
            init.ones_(self.weight)
            if self.bias is not None:
                init.zeros_(self.bias)

    def _check_input_dim(self, input):
        if input.dim() not in self._dims:
            dims = " or ".join(f"{n}D" for n in self._dims)
            raise ArgumentError(
                explain(
                    f"{type(self).__name__}()",
                    expected=f"{dims} input",
                    got=f"{input.dim()}D input, shape {list(input.shape)}",
                    do="Use the layer for that number of dimensions, or reshape.",
                )
            )

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
        # Version 1 did not count batches; momentum=None needs the count.
        key = prefix + "num_batches_tracked"
        version = local_metadata.get("version")
        if (version is None or version < 2) and self.track_running_stats:
            count = self.num_batches_tracked
            if count is None or count.is_meta:
                count = TORCH["zeros"]((), dtype=int64)
            state_dict.setdefault(key, count)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class _BatchNorm(_NormBase):
    """Batch normalisation; subclasses say how many dimensions the input has."""

    def forward(self, input):
        self._check_input_dim(input)
        own, kept = self._parameters, self._buffers
        try:  # Note [Hot attributes]
            weight, bias = own["weight"], own["bias"]
            mean, variance = kept["running_mean"], kept["running_var"]
            count = kept["num_batches_tracked"]
        except KeyError:
            weight, bias = self.weight, self.bias
            mean, variance = self.running_mean, self.running_var
            count = self.num_batches_tracked
        training, momentum = self.training, self.momentum
        if GUARDS.on and (training or GUARDS.evals):
            GUARDS.see.training(self)
        if training and self.track_running_stats:
            if count is not None:
                count.add_(1)
                momentum = 1.0 / float(count) if momentum is None else momentum
        elif training:
            mean = variance = None
        return F.batch_norm(
            input,
            mean,
            variance,
            weight,
            bias,
            training or (mean is None and variance is None),
            0.0 if momentum is None else momentum,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """Normalise each channel over the batch, then scale and shift it.

        y = (x - mean) / sqrt(variance + eps) weight + bias

    While training, mean and variance (not corrected) are the batch's, and the running
    statistics move towards them: ``running = (1 - momentum) running + momentum batch``
    (there with the corrected variance).  In evaluation mode the running ones are used.

    Input (N, C) or (N, C, L), float; output the same shape.

    Args:
        num_features: int, C.
        eps: float, keeps from dividing by zero.
        momentum: float, or None for the mean of all batches.
        affine: whether there are a weight and a bias.
        track_running_stats: whether there are running statistics; without them
            evaluation mode uses the batch's too.
        device, dtype: of the parameters and buffers.
        bias: whether there is a bias, where affine.

    Attributes:
        weight, bias: (C,) or None; start at 1 and 0.
        running_mean, running_var: (C,) or None; start at 0 and 1.
        num_batches_tracked: (), int64, or None.

    Raises:
        ValueError: for input of other dimensions, or one value for each channel while
            training.

    See:
        Ioffe and Szegedy, "Batch normalization", ICML 2015.

    >>> import rushlight
    >>> BatchNorm1d(1, affine=False)(rushlight.tensor([[1.0], [3.0]]))
    tensor([[-1.0000],
            [ 1.0000]])
    """

    _dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of pictures, each channel over N, H and W.

    Input (N, C, H, W), float; output the same shape; all else as for `BatchNorm1d`.

    >>> import rushlight
    >>> BatchNorm2d(3)(rushlight.zeros(2, 3, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """

    _dims = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of volumes, each channel over N, D, H and W.

    Input (N, C, D, H, W), float; output the same shape; all else as for `BatchNorm1d`.

    >>> import rushlight
    >>> BatchNorm3d(3)(rushlight.zeros(2, 3, 4, 4, 4)).shape
    torch.Size([2, 3, 4, 4, 4])
    """

    _dims = (5,)
