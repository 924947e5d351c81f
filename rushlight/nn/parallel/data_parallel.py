"""DataParallel: a module whose batches torch divides among GPUs."""

from rushlight._base.device import device as Device
from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._core.tensor import Tensor
from rushlight.nn.modules.module import Module

__all__ = ["DataParallel", "data_parallel"]


def _gpus(device_ids):
    """The numbers of the GPUs asked for; none where there are none."""
    from rushlight import cuda

    if not cuda.is_available():
        return []
    ids = range(cuda.device_count()) if device_ids is None else device_ids
    return [i if isinstance(i, int) else Device(i).index or 0 for i in ids]


class DataParallel(Module):
    """A module wrapped as torch wraps those that run on several GPUs.

    Its parameters' names begin with "module.".  Without a GPU it calls the module;
    with GPUs, inputs are moved to the first of them and the whole batch runs there:
    torch divides it among all, with the same results.

    Args:
        module: Module.
        device_ids: list of ints or devices; left out, all GPUs.
        output_device: where results go; left out, the first GPU.
        dim: the batch's dimension.

    >>> import rushlight
    >>> model = DataParallel(rushlight.nn.Linear(2, 1))
    >>> list(model.state_dict()), model(rushlight.zeros(3, 2)).shape
    (['module.weight', 'module.bias'], torch.Size([3, 1]))
    """

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.module = module
        self.device_ids = _gpus(device_ids)
        if not self.device_ids:
            return
        self.dim = dim
        first = self.device_ids[0]
        self.output_device = first if output_device is None else output_device
        self.src_device_obj = Device("cuda", first)
        if len(self.device_ids) == 1:
            self.module.to(self.src_device_obj)

    def forward(self, *inputs, **kwargs):
        if not self.device_ids:
            return self.module(*inputs, **kwargs)
        home = self.src_device_obj
        inputs, kwargs = _moved(inputs, home), _moved(kwargs, home)
        output = self.module(*inputs, **kwargs)
        return _moved(output, Device("cuda", self.output_device))


def _moved(value, device):
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {k: _moved(v, device) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_moved(v, device) for v in value])
    return value


def data_parallel(
    module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None
):
    """Call a module as `DataParallel` does.

    Args:
        module: Module.
        inputs: tuple of arguments, or a single one.
        device_ids, output_device, dim: as for `DataParallel`.
        module_kwargs: dict of keyword arguments.

    Returns:
        What the module returns.

    Raises:
        RuntimeError: without a GPU, as in torch.
    """
    if not _gpus(device_ids):
        raise ArgumentRuntimeError(
            explain(
                "data_parallel()",
                expected="a GPU",
                got="device type could not be determined",
                do="Call the module itself, or wrap it in DataParallel.",
            )
        )
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    wrapped = DataParallel(module, device_ids, output_device, dim)
    return wrapped(*inputs, **(module_kwargs or {}))
