"""SummaryWriter: tensorboardX's, with tensors turned into arrays on the way."""

import importlib

from rushlight._base.errors import MissingAttributeError, UnsupportedError, explain
from rushlight._core.tensor import Tensor

#: What is handed over to tensorboardX, which takes the same arguments.
_METHODS = frozenset(
    "add_audio add_custom_scalars add_custom_scalars_marginchart "
    "add_custom_scalars_multilinechart add_embedding add_figure add_histogram "
    "add_histogram_raw add_hparams add_image add_image_with_boxes add_images add_mesh "
    "add_pr_curve add_pr_curve_raw add_scalar add_scalars add_text add_video".split()
)


def _tensorboardx():
    try:
        return importlib.import_module("tensorboardX")
    except ImportError as error:
        raise ModuleNotFoundError(
            explain(
                "SummaryWriter()",
                expected="the package tensorboardX, which writes the event files",
                got=f"{error}",
                do="Install it: pip install tensorboardX.",
            ),
            name="tensorboardX",
        ) from None


def to_plain(value):
    """Tensors as NumPy arrays (bfloat16 as float32), inside containers too."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        plain = value.float() if value.dtype.name == "bfloat16" else value
        return plain.numpy()
    if isinstance(value, (list, tuple)):
        return type(value)([to_plain(item) for item in value])
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return value


class SummaryWriter:
    """Write scalars, histograms, pictures and texts for TensorBoard.

    Every ``add_...`` method of torch's SummaryWriter is tensorboardX's, with the same
    arguments; tensors may be given wherever it takes arrays.

    Args:
        log_dir: the folder; ``runs/<time>_<host><comment>`` if left out.
        comment: what ends that name.
        purge_step: later steps of an earlier run are dropped from this one on.
        max_queue: how many events wait before they are written.
        flush_secs: seconds between writes.
        filename_suffix: what ends the files' names.

    Raises:
        ModuleNotFoundError: where tensorboardX is not installed.
    """

    def __init__(
        self,
        log_dir=None,
        comment="",
        purge_step=None,
        max_queue=10,
        flush_secs=120,
        filename_suffix="",
    ):
        self._writer = _tensorboardx().SummaryWriter(
            logdir=None if log_dir is None else str(log_dir),
            comment=comment,
            purge_step=purge_step,
            max_queue=max_queue,
            flush_secs=flush_secs,
            filename_suffix=filename_suffix,
        )
        self.log_dir = self._writer.logdir

    def __getattr__(self, name):
        if name not in _METHODS:
            raise MissingAttributeError(
                explain(
                    "SummaryWriter",
                    expected="one of " + ", ".join(sorted(_METHODS)),
                    got=repr(name),
                    do="Check the spelling.",
                )
            )
        method = getattr(self._writer, name)

        def add(*args, **kwargs):
            kwargs.pop("new_style", None)
            return method(*to_plain(args), **to_plain(kwargs))

        add.__name__ = add.__qualname__ = name
        return add

    def add_graph(
        self, model, input_to_model=None, verbose=False, use_strict_trace=True
    ):
        """Not here: torch draws a TorchScript graph.

        Raises:
            NotImplementedError: always.
        """
        raise UnsupportedError(
            explain(
                "SummaryWriter.add_graph()",
                expected="a TorchScript graph",
                got="a library without TorchScript",
                do="Leave the call away.",
            )
        )

    def get_logdir(self):
        """The folder of the event files."""
        return self.log_dir

    def flush(self):
        """Write what is waiting."""
        self._writer.flush()

    def close(self):
        """Write what is waiting and close the files."""
        self._writer.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
