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
FUNCTIONS = {
    getattr(torch.nn.functional, n): getattr(rushlight.nn.functional, n)
    for n in ("relu", "gelu")
}


class NoCounterpart(Exception):
    """A value of torch that has nothing to stand for it here."""


def to_array(tensor):
    """A torch tensor's values as a NumPy array (bfloat16 by its bits)."""
    tensor = tensor.detach().resolve_conj().resolve_neg()
    if tensor.layout is not torch.strided or tensor.is_meta:
        raise NoCounterpart(str(tensor.layout))
    if tensor.dtype is torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    if tensor.dtype not in DTYPES:
        raise NoCounterpart(str(tensor.dtype))
    if tensor.ndim > 64:
        raise NoCounterpart("more dimensions than NumPy has")
    return tensor.numpy(force=True)


def to_ours(value, memories=None):
    """A torch value (tensor, dtype, device, container, number) as ours.

    Tensors keep their strides and requires_grad, and those that share memory share it.
    """
    memories = {} if memories is None else memories
    if isinstance(value, torch.Tensor):
        ours = _tensor_to_ours(value, memories)
        return ours.requires_grad_() if value.requires_grad else ours
    if isinstance(value, torch.nn.PairwiseDistance):
        return rushlight.nn.PairwiseDistance(value.norm, value.eps, value.keepdim)
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        return _layer_to_ours(value)
    if callable(value) and value in FUNCTIONS:
        return FUNCTIONS[value]
    if isinstance(value, torch.dtype):
        if value not in DTYPES:
            raise NoCounterpart(str(value))
        return DTYPES[value]
    if isinstance(value, torch.device):
        return rushlight.device(value.type)
    if isinstance(value, torch.Size):
        return rushlight.Size(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return tuple([to_ours(v, memories) for v in value])
    if isinstance(value, (list, tuple)):
        return type(value)([to_ours(v, memories) for v in value])
    if isinstance(value, dict):
        return {k: to_ours(v, memories) for k, v in value.items()}
    if isinstance(value, (torch.memory_format, torch.layout)):
        return CONSTANTS[value]
    if isinstance(value, torch.Generator):
        raise NoCounterpart("a generator")
    return value


def _tensor_to_ours(value, memories):
    value = value.detach()
    if value.ndim > 64:
        raise NoCounterpart("more dimensions than NumPy has")
    plain = value.layout is torch.strided and not (value.is_conj() or value.is_neg())
    if not plain or value.device.type != "cpu":
        return rushlight.from_numpy(to_array(value.clone()))
    memory = value.untyped_storage()
    key = memory.data_ptr(), value.dtype
    if key not in memories:
        size = memory.nbytes() // value.element_size()
        whole = to_array(value.as_strided((size,), (1,), 0).clone())
        memories[key] = rushlight.from_numpy(whole)
    where = value.size(), value.stride(), value.storage_offset()
    return memories[key].as_strided(*where)


def _layer_to_ours(layer):
    """An encoder layer, rebuilt from what it holds."""
    ours = rushlight.nn.TransformerEncoderLayer(
        layer.linear1.in_features,
        layer.self_attn.num_heads,
        layer.linear1.out_features,
        layer.dropout.p,
        to_ours(layer.activation),
        layer.norm1.eps,
        layer.self_attn.batch_first,
        layer.norm_first,
        layer.linear1.bias is not None,
    ).to(to_ours(layer.linear1.weight.dtype))
    ours.load_state_dict({k: to_ours(v) for k, v in layer.state_dict().items()})
    return ours


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
    if isinstance(theirs, (bool, int, float, complex)):
        same = ours == theirs or (ours != ours and theirs != theirs)
        return None if same else f"{ours!r}, torch gives {theirs!r}"
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
