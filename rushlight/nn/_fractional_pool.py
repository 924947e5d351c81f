"""Fractional max pooling: windows at steps drawn at random, for any output size."""

from math import prod

from rushlight._base.dtype import int64
from rushlight._base.errors import ArgumentError, ArgumentRuntimeError, explain
from rushlight._core.expose import TORCH, expose


def _starts(samples, size, out, kernel):
    """Where the windows along one dimension start, (planes, out), int64.

    With ``a = (size - kernel) / (out - 1)`` and a sample u in [0, 1), window i starts
    at ``floor((i + u) a) - floor(u a)``, the last one at the end.
    """
    last = size - kernel
    starts = TORCH["full"]((len(samples), out), last, dtype=int64)
    if out > 1:
        step = TORCH["tensor"](last / (out - 1), dtype=samples.dtype)
        steps = TORCH["arange"](out - 1, dtype=samples.dtype)
        first = (samples * step).to(int64)
        starts[:, :-1] = ((samples + steps) * step).to(int64) - first
    return starts


def _places(samples, sizes, outs, kernels):
    """The flat places of each window's elements: (planes, windows, taps), int64."""
    count, number = len(sizes), len(samples)
    places = TORCH["zeros"]((1,) * (1 + 2 * count), dtype=int64)
    for axis, (size, out, kernel) in enumerate(zip(sizes, outs, kernels, strict=True)):
        starts = _starts(samples[:, axis : axis + 1], size, out, kernel)
        inside = starts.unsqueeze(2) + TORCH["arange"](kernel)
        shape = [1] * (1 + 2 * count)
        shape[0], shape[1 + axis], shape[1 + count + axis] = number, out, kernel
        places = places * size + inside.reshape(shape)
    return places.reshape(number, prod(outs), prod(kernels))


def _sizes(value, count):
    return [value] * count if isinstance(value, int) else list(value)


def _check(who, input, count, kernels, outs):
    sizes = list(input.shape[-count:])
    problem = None
    if input.dim() not in (count + 1, count + 2):
        problem = f"{count + 1}D or {count + 2}D input", tuple(input.shape)
    elif len(kernels) != count or len(outs) != count:
        problem = f"{count} sizes of kernel and output", f"{kernels} and {outs}"
    elif any(o + k - 1 > s for o, k, s in zip(outs, kernels, sizes, strict=True)):
        problem = "windows that fit: output + kernel - 1 <= input", f"input {sizes}"
    if problem:
        raise ArgumentRuntimeError(
            explain(
                who,
                expected=problem[0],
                got=f"{problem[1]}, kernel {kernels}, output {outs}",
                do="Choose a smaller output or kernel.",
            )
        )


def _pool(who, count, input, kernel_size, output_size, output_ratio, samples):
    if output_size is None and output_ratio is None:
        raise ArgumentError(
            explain(
                who,
                expected="either an output_size or an output_ratio",
                got="neither",
                do="Give one.",
            )
        )
    if output_size is None:
        if isinstance(output_ratio, (int, float)):
            output_ratio = [output_ratio] * count
        sizes = input.shape[-count:]
        pairs = zip(sizes, output_ratio, strict=True)
        output_size = [int(size * ratio) for size, ratio in pairs]
    kernels, outs = _sizes(kernel_size, count), _sizes(output_size, count)
    _check(who, input, count, kernels, outs)
    batch = 1 if input.dim() == count + 1 else input.shape[0]
    channels, sizes = input.shape[-count - 1], list(input.shape[-count:])
    if samples is None:
        samples = TORCH["rand"](
            batch, channels, count, dtype=input.dtype, device=input.device
        )
    flat = input.reshape(batch * channels, prod(sizes))
    samples = samples[:batch].reshape(batch * channels, count)
    if count == 2:  # in two dimensions the first draw is that of the width
        samples = samples.flip(1)
    places = _places(samples, sizes, outs, kernels)
    windows = flat.gather(1, places.reshape(len(flat), -1)).reshape(places.shape)
    values, winners = windows.max(-1)
    shape = (*input.shape[:-count], *outs)
    indices = places.gather(2, winners.unsqueeze(2)).reshape(shape)
    return values.reshape(shape), indices


def fractional_max_pool2d(
    input,
    kernel_size,
    output_size=None,
    output_ratio=None,
    return_indices=False,
    _random_samples=None,
):
    """The largest elements of windows whose steps are drawn at random.

    Args:
        input: (N, C, H, W) or (C, H, W), float.
        kernel_size: int or (int, int), the windows' size.
        output_size: int or (int, int); or
        output_ratio: float or (float, float) below 1, part of the input's size.
        return_indices: whether the winners' places come too.
        _random_samples: (N, C, 2), in [0, 1); drawn where it is left out.

    Returns:
        Tensor (N, C, oH, oW), and the flat places, int64, if asked.

    Raises:
        ValueError: without a size or ratio.
        RuntimeError: for sizes that do not fit.

    Source: Graham, Fractional max-pooling, 2015.

    >>> import rushlight
    >>> fractional_max_pool2d(rushlight.ones(1, 1, 5, 5), 2, output_size=3).shape
    torch.Size([1, 1, 3, 3])
    """
    values, indices = fractional_max_pool2d_with_indices(
        input, kernel_size, output_size, output_ratio, True, _random_samples
    )
    return (values, indices) if return_indices else values


def fractional_max_pool2d_with_indices(
    input,
    kernel_size,
    output_size=None,
    output_ratio=None,
    return_indices=False,
    _random_samples=None,
):
    """`fractional_max_pool2d` with the winners' places."""
    who = "fractional_max_pool2d()"
    options = kernel_size, output_size, output_ratio, _random_samples
    return _pool(who, 2, input, *options)


def fractional_max_pool3d(
    input,
    kernel_size,
    output_size=None,
    output_ratio=None,
    return_indices=False,
    _random_samples=None,
):
    """The largest elements of windows whose steps are drawn at random.

    Args:
        input: (N, C, D, H, W) or (C, D, H, W), float.
        kernel_size: int or three ints, the windows' size.
        output_size: int or three ints; or
        output_ratio: float or three below 1, part of the input's size.
        return_indices: whether the winners' places come too.
        _random_samples: (N, C, 3), in [0, 1); drawn where it is left out.

    Returns:
        Tensor (N, C, oD, oH, oW), and the flat places, int64, if asked.

    Raises:
        ValueError: without a size or ratio.
        RuntimeError: for sizes that do not fit.

    Source: Graham, Fractional max-pooling, 2015.

    >>> import rushlight
    >>> fractional_max_pool3d(rushlight.ones(1, 4, 4, 4), 2, output_size=2).shape
    torch.Size([1, 2, 2, 2])
    """
    values, indices = fractional_max_pool3d_with_indices(
        input, kernel_size, output_size, output_ratio, True, _random_samples
    )
    return (values, indices) if return_indices else values


def fractional_max_pool3d_with_indices(
    input,
    kernel_size,
    output_size=None,
    output_ratio=None,
    return_indices=False,
    _random_samples=None,
):
    """`fractional_max_pool3d` with the winners' places."""
    who = "fractional_max_pool3d()"
    options = kernel_size, output_size, output_ratio, _random_samples
    return _pool(who, 3, input, *options)


for _function in (
    fractional_max_pool2d,
    fractional_max_pool2d_with_indices,
    fractional_max_pool3d,
    fractional_max_pool3d_with_indices,
):
    expose(_function, torch=False, method=False, functional=True)
