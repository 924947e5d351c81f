"""torch.utils.tensorboard: event files for TensorBoard, written by tensorboardX."""

from rushlight.utils.tensorboard.writer import SummaryWriter

__all__ = ["SummaryWriter"]
