"""instance_norm: batch_norm with every picture a batch of its own."""

from rushlight._base.errors import ArgumentRuntimeError, explain
from rushlight._base.shape import numel
from rushlight._core.expose import expose
from rushlight._ops._arguments import require_tensor
from rushlight._ops.norm.batch import batch_norm, check_count


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-5,
):
    """Normalise each channel of each sample over space.

    Args:
        input: (N, C, *), float.
        running_mean, running_var: (C,), or None; updated with the mean over the
            samples.
        weight, bias: (C,), or None.
        use_input_stats: False uses the running statistics.
        momentum, eps: as for `batch_norm`.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        ValueError: for a single element in space.
        RuntimeError: where sizes do not fit, or statistics are missing.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0]]])
    >>> rushlight.nn.functional.instance_norm(x, eps=0.0)
    tensor([[[-1.,  1.]]])
    """
    who = "instance_norm()"
    require_tensor(input, who)
    shape = input._array.shape
    if use_input_stats:
        check_count(shape, who, "1 spatial element", numel(shape[2:]))
    elif running_mean is None or running_var is None:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected="running_mean and running_var with use_input_stats=False",
                got="None",
                do="Pass them.",
            )
        )
    n, c = shape[:2]
    each = [
        None if factor is None else factor.repeat(n)
        for factor in (running_mean, running_var, weight, bias)
    ]
    flat = input.reshape(1, n * c, *shape[2:])
    found = batch_norm(flat, *each, use_input_stats, momentum, eps)
    if use_input_stats:
        for running, repeated in zip((running_mean, running_var), each):
            if running is not None:
                running.detach().copy_(repeated.view(n, c).mean(0))
    return found.view(*shape)


expose(instance_norm, torch=False, method=False, functional=True)


def _torch_instance_norm(
    input,
    weight,
    bias,
    running_mean,
    running_var,
    use_input_stats,
    momentum,
    eps,
    cudnn_enabled=True,
):
    """As `nn.functional.instance_norm`, in another order; cudnn_enabled is for CUDA.

    Args:
        input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps:
            as for `nn.functional.instance_norm`.

    Returns:
        Tensor: the input's shape and dtype.

    Raises:
        RuntimeError: where sizes or dtypes do not fit.

    >>> import rushlight
    >>> x = rushlight.tensor([[[1.0, 3.0]]])
    >>> rushlight.instance_norm(x, None, None, None, None, True, 0.1, 0.0)
    tensor([[[-1.,  1.]]])
    """
    return instance_norm(
        input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )


expose(_torch_instance_norm, method=False, name="instance_norm")
