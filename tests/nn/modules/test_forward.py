"""Every layer's outputs and gradients, as recorded from PyTorch 2.13.

`forward.json` holds, for each "layer | inputs" after ``manual_seed(3)``, summaries of
the outputs, of the gradients (inputs, then parameters) and of the buffers: shape,
first value, last value, sum of absolute values.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils.rnn import pack_padded_sequence

RECORDED = json.loads(Path(__file__).with_name("forward.json").read_text("utf-8"))


def wave(*shape):
    """Values between -1 and 1, without ties."""
    return (torch.arange(math.prod(shape)) * 0.7).sin().reshape(shape)


def pack(x, lengths):
    return pack_padded_sequence(x, lengths, enforce_sorted=False)


NAMES = {"nn": nn, "torch": torch, "w": wave, "t": torch.tensor, "pack": pack}


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, tuple | list):
        return [tensor for part in value for tensor in tensors_in(part)]
    return []


def check(name, values, recorded):
    assert len(values) == len(recorded), name
    for number, (value, summary) in enumerate(zip(values, recorded, strict=True)):
        place = f"{name} {number}"
        if summary is None:
            assert value is None, place
            continue
        shape, *numbers = summary
        array = value.detach().numpy()
        assert list(array.shape) == shape, place
        flat = array.reshape(-1).astype(float)
        found = [*flat[:1], *flat[-1:], np.abs(flat).sum()]
        np.testing.assert_allclose(found, numbers, 2e-4, 1e-5, err_msg=place)


@pytest.mark.parametrize("case", RECORDED)
def test_values_and_gradients(case):
    call, inputs = case.split(" | ")
    torch.manual_seed(3)
    layer = eval(call, NAMES)
    inputs = eval(f"({inputs},)", NAMES)
    wanting = [v for v in tensors_in(inputs) if v.is_floating_point()]
    for value in wanting:
        value.requires_grad_()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        outputs = tensors_in(layer(*inputs))
    recorded = RECORDED[case]
    check("output", outputs, recorded["out"])
    sums = [(o * wave(*o.shape)).sum() for o in outputs if o.requires_grad]
    if sums:
        sum(sums).backward()
    gradients = [v.grad for v in [*wanting, *layer.parameters()]]
    check("gradient", gradients, recorded["grad"])
    check("buffer", list(layer.buffers()), recorded["buffers"])
