"""torch.onnx: there is no exporter; the names that scripts import on the way."""

import enum

from rushlight._base.errors import UnsupportedError, explain

__all__ = ["OperatorExportTypes", "TrainingMode", "export", "is_in_onnx_export"]


class OperatorExportTypes(enum.Enum):
    """How torch's exporter treats operators that ONNX lacks."""

    ONNX = 0
    ONNX_ATEN = 1
    ONNX_ATEN_FALLBACK = 2
    ONNX_FALLTHROUGH = 3


class TrainingMode(enum.Enum):
    """In which mode torch's exporter runs the model."""

    EVAL = 0
    PRESERVE = 1
    TRAINING = 2


def is_in_onnx_export():
    """Whether a model is being exported: never.

    >>> is_in_onnx_export()
    False
    """
    return False


def export(*args, **kwargs):
    """Not here: raises NotImplementedError.

    Raises:
        NotImplementedError: always.
    """
    raise UnsupportedError(
        explain(
            "onnx.export()",
            expected="an exporter",
            got="a library without one",
            do="Save the state_dict and export it with PyTorch.",
        )
    )
