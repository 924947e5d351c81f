"""Every layer's text, keys, shapes and initial values, as recorded from PyTorch 2.13.

`recorded.json` holds, for each constructor call after ``manual_seed(3)``, the repr's
lines and for each entry of state_dict its shape, dtype, first two values and last one.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))
# Layers that are yet to come.
MISSING = []
HERE = [call for call in RECORDED if call[3:].split("(")[0] not in MISSING]


def make(call):
    torch.manual_seed(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dropout in a recurrent layer without a second
        return eval(call, {"nn": nn, "torch": torch})


@pytest.mark.parametrize("call", HERE)
def test_text(call):
    assert repr(make(call)).split("\n") == RECORDED[call]["text"]


@pytest.mark.parametrize("call", [c for c in HERE if "state" in RECORDED[c]])
def test_parameters_and_buffers(call):
    state, recorded = make(call).state_dict(), RECORDED[call]["state"]
    assert list(state) == list(recorded)
    for name, (shape, dtype, first, last) in recorded.items():
        value = state[name]
        assert (list(value.shape), str(value.dtype)) == (shape, f"torch.{dtype}")
        found = value.reshape(-1)
        found = [*found[:2].tolist(), found[-1].item()]
        # Logarithm and cosine may differ in the last digit from machine to machine.
        np.testing.assert_allclose(found, [*first, last], rtol=1e-6, err_msg=name)


def test_what_is_missing_is_missing():
    assert [name for name in MISSING if hasattr(nn, name)] == []
