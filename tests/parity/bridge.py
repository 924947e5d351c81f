"""From torch's values to ours and back, and how close two results must be."""

import functools
import math

import ml_dtypes
import numpy as np
import torch

import rushlight

#: torch's dtypes that exist here.
DTYPES = {getattr(torch, d.name): d for d in rushlight._base.dtype.ALL_DTYPES}
_FORMATS = ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
CONSTANTS = {getattr(torch, n): getattr(rushlight, n) for n in _FORMATS}
CONSTANTS[torch.strided] = rushlight.strided


class NoCounterpart(Exception):
    """A value of torch that has nothing to stand for it here."""


def to_array(tensor):
    """A torch tensor's values as a NumPy array (bfloat16 by its bits)."""
    tensor = tensor.detach().resolve_conj().resolve_neg()
    if tensor.layout is not torch.strided:
        raise NoCounterpart(str(tensor.layout))
    if tensor.dtype is torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    if tensor.dtype not in DTYPES:
        raise NoCounterpart(str(tensor.dtype))
    if tensor.ndim > 64:
        raise NoCounterpart("more dimensions than NumPy has")
    return tensor.numpy(force=True)


def to_ours(value):
    """A torch value (tensor, dtype, device, container, number) as ours.

    Tensors keep their strides where the memory allows, and requires_grad.
    """
    if isinstance(value, torch.Tensor):
        ours = rushlight.from_numpy(to_array(value.detach().clone()))
        return ours.requires_grad_() if value.requires_grad else ours
    if isinstance(value, torch.dtype):
        if value not in DTYPES:
            raise NoCounterpart(str(value))
        return DTYPES[value]
    if isinstance(value, torch.device):
        return rushlight.device(value.type)
    if isinstance(value, torch.Size):
        return rushlight.Size(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return tuple(map(to_ours, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(to_ours, value))
    if isinstance(value, dict):
        return {k: to_ours(v) for k, v in value.items()}
    if isinstance(value, (torch.memory_format, torch.layout)):
        return CONSTANTS[value]
    if isinstance(value, torch.Generator):
        raise NoCounterpart("a generator")
    return value


def tensors_in(result):
    """The tensors of a result, in order."""
    if isinstance(result, (torch.Tensor, rushlight.Tensor)):
        return [result]
    if isinstance(result, dict):
        return [t for v in result.values() for t in tensors_in(v)]
    if isinstance(result, (list, tuple)):
        return [t for v in result for t in tensors_in(v)]
    return []


def find(name):
    """Our function of torch's name: torch.f, torch.a.f or Tensor.f; None if missing."""
    for root in (rushlight, rushlight.Tensor):
        try:
            found = functools.reduce(getattr, name.split("."), root)
        except AttributeError:
            continue
        found = found.fget if isinstance(found, property) else found
        if callable(found):
            return found
    return None


_CLOSE = {
    "float64": 1e-9,
    "complex128": 1e-9,
    "float32": 1e-4,
    "complex64": 1e-4,
    "float16": 5e-3,
    "bfloat16": 4e-2,
}


def difference(ours, theirs, factor=1):
    """Why two results are not the same, in words; None if they are."""
    ours, theirs = tensors_in(ours), tensors_in(theirs)
    if len(ours) != len(theirs):
        return f"{len(ours)} tensors, torch gives {len(theirs)}"
    for mine, other in zip(ours, theirs, strict=True):
        try:
            wanted = to_array(other)
        except NoCounterpart:
            continue
        why = _difference_of_arrays(mine, wanted, factor)
        if why:
            return why
    return None


def _difference_of_arrays(mine, wanted, factor):
    got = mine.detach()._array
    if got.dtype != wanted.dtype:
        return f"dtype {got.dtype}, torch gives {wanted.dtype}"
    if got.shape != wanted.shape:
        return f"shape {got.shape}, torch gives {wanted.shape}"
    close = _CLOSE.get(mine.dtype.name, 0) * factor
    if close:
        wide = np.complex128 if got.dtype.kind == "c" else np.float64
        got, wanted = got.astype(wide), wanted.astype(wide)
        if np.allclose(got, wanted, rtol=close, atol=close, equal_nan=True):
            return None
        with np.errstate(all="ignore"):
            worst = np.nanmax(np.abs(got - wanted), initial=0)
        if not math.isfinite(worst) or worst == 0:
            return "nan or inf in other places"
        return f"values differ by {worst:.3g}"
    return None if np.array_equal(got, wanted) else "values differ"
