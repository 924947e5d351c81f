"""Instance normalisation in one, two and three dimensions."""

import warnings

from rushlight._base.errors import ArgumentError, explain
from rushlight.nn import functional as F
from rushlight.nn.modules.batchnorm import _NormBase

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class _InstanceNorm(_NormBase):
    """Instance normalisation; subclasses say how many dimensions the input has."""

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
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

    def forward(self, input):
        self._check_input_dim(input)
        self._check_channels(input)
        if input.dim() == self._dims[0]:
            return self._normalise(input.unsqueeze(0)).squeeze(0)
        return self._normalise(input)

    def _normalise(self, input):
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )

    def _check_channels(self, input):
        dim = input.dim() - self._dims[0]
        if input.shape[dim] == self.num_features:
            return
        text = explain(
            f"{type(self).__name__}()",
            expected=f"the input's size at dim={dim} to be num_features "
            f"({self.num_features})",
            got=input.shape[dim],
            do="Give the number of channels as num_features.",
        )
        if self.affine:
            raise ArgumentError(text)
        warnings.warn(text, stacklevel=4)

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
        unwanted = [
            f'"{key}"'
            for key in (prefix + "running_mean", prefix + "running_var")
            if key in state_dict
        ]
        old = local_metadata.get("version") is None and not self.track_running_stats
        if old and unwanted:
            name = type(self).__name__
            rest[-1].append(
                f"Unexpected running stats buffer(s) {' and '.join(unwanted)} for "
                f"{name} with track_running_stats=False. Remove them from the "
                f"state_dict, or build the {name} with track_running_stats=True."
            )
            for key in unwanted:
                state_dict.pop(key.strip('"'))
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class InstanceNorm1d(_InstanceNorm):
    """Normalise each channel of each sample over its places, then scale and shift it.

        y = (x - mean) / sqrt(variance + eps) weight + bias

    Input (N, C, L) or (C, L), float; output the same shape.

    Args:
        num_features: int, C.
        eps: float, keeps from dividing by zero.
        momentum: float, of the running statistics; see `BatchNorm1d`.
        affine: whether there are a weight and a bias.
        track_running_stats: whether there are running statistics, which evaluation
            mode then uses.
        device, dtype: of the parameters and buffers.
        bias: whether there is a bias, where affine.

    Raises:
        ValueError: for input of other dimensions or, where affine, other channels.

    See:
        Ulyanov and others, "Instance normalization", arXiv:1607.08022.

    >>> import rushlight
    >>> InstanceNorm1d(1)(rushlight.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    _dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of pictures.

    Input (N, C, H, W) or (C, H, W), float; output the same shape; all else as for
    `InstanceNorm1d`.

    >>> import rushlight
    >>> InstanceNorm2d(3)(rushlight.zeros(2, 3, 4, 4)).shape
    torch.Size([2, 3, 4, 4])
    """

    _dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of volumes.

    Input (N, C, D, H, W) or (C, D, H, W), float; output the same shape; all else as for
    `InstanceNorm1d`.

    >>> import rushlight
    >>> InstanceNorm3d(3)(rushlight.zeros(2, 3, 4, 4, 4)).shape
    torch.Size([2, 3, 4, 4, 4])
    """

    _dims = (4, 5)
