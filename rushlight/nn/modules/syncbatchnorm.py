"""SyncBatchNorm: batch norm over the batches of several processes."""

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn.modules.batchnorm import _BatchNorm

__all__ = ["SyncBatchNorm"]


class SyncBatchNorm(_BatchNorm):
    """Batch norm that several processes would compute together.

    One process is all there is here: it does what BatchNorm does, for inputs of any
    number of dimensions, (N, C, *).

    Args:
        num_features, eps, momentum, affine, track_running_stats, device, dtype, bias:
            as for `BatchNorm1d`.
        process_group: kept.

    Raises:
        ValueError: in forward, for fewer than two dimensions, or no channels.

    >>> import rushlight
    >>> SyncBatchNorm(3)(rushlight.zeros(2, 3, 4)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        process_group=None,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__(
            num_features,
            eps,
            momentum,
            affine,
            track_running_stats,
            device,
            dtype,
            bias=bias,
        )
        self.process_group = process_group

    def _check_input_dim(self, input):
        if input.dim() < 2 or input.size(1) == 0:
            raise ArgumentError(
                explain(
                    "SyncBatchNorm",
                    expected="at least 2D input with a non-zero number of channels",
                    got=f"shape {tuple(input.shape)}",
                    do="The channels are dimension 1.",
                )
            )

    @classmethod
    def convert_sync_batchnorm(cls, module, process_group=None):
        """Replace all batch norms in a module; parameters and statistics stay.

        Args:
            module: Module.
            process_group: for the new ones.

        Returns:
            Module: the same, or a new one if it is a batch norm itself.

        >>> import rushlight.nn as nn
        >>> SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm1d(2)))
        Sequential(
          (0): SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, \
track_running_stats=True)
        )
        """
        result = module
        if isinstance(module, _BatchNorm):
            result = cls(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            if module.affine:
                result.weight, result.bias = module.weight, module.bias
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                setattr(result, name, getattr(module, name))
            result.training = module.training
        for name, child in module.named_children():
            converted = cls.convert_sync_batchnorm(child, process_group)
            result.add_module(name, converted)
        return result
