"""Printed tensors against texts recorded from PyTorch, and what is said beside."""

import json

import numpy as np
import pytest

from rushlight._base import config
from rushlight._base import dtype as dtypes
from rushlight._base.spec import Spec
from rushlight._core.printing import format_tensor, printoptions
from tests._core.recorded import prints

RECORDED = json.loads(prints.FILE.read_text())
CASES = list(prints.cases())


def test_every_text_has_its_array():
    assert len(RECORDED) == len(CASES)


@pytest.mark.parametrize("number", range(len(RECORDED)))
def test_the_text_is_pytorchs(number):
    array, settings = CASES[number]
    with printoptions(**settings):
        assert format_tensor(array) == RECORDED[number]


@pytest.mark.parametrize(
    "array, settings, wanted",
    [
        (
            np.float32([1, 2]),
            {"requires_grad": True},
            "tensor([1., 2.], requires_grad=True)",
        ),
        (
            np.array(2, "f4"),
            {"requires_grad": True, "grad_fn_name": "SumBackward0"},
            "tensor(2., grad_fn=<SumBackward0>)",
        ),
        (
            np.float64([1]),
            {"requires_grad": True},
            "tensor([1.], dtype=torch.float64, requires_grad=True)",
        ),
        (
            np.float32([1]),
            {"requires_grad": True, "is_parameter": True},
            "Parameter containing:\ntensor([1.], requires_grad=True)",
        ),
        (np.float32([[1], [2]]), {"name": "Odd"}, "Odd([[1.],\n     [2.]])"),
        (Spec((2, 3), "f4"), {}, "tensor(..., device='meta', size=(2, 3))"),
        (
            Spec((0,), "i8"),
            {},
            "tensor(..., device='meta', size=(0,), dtype=torch.int64)",
        ),
        (
            Spec((2,), "f4"),
            {"requires_grad": True},
            "tensor(..., device='meta', size=(2,), requires_grad=True)",
        ),
    ],
)
def test_remarks(array, settings, wanted):
    assert format_tensor(array, **settings) == wanted


def test_a_remark_that_does_not_fit_gets_its_own_line():
    array = np.arange(11, dtype="f4") / 4
    text = format_tensor(array, requires_grad=True, grad_fn_name="AddBackward0")
    assert text == (
        "tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000, 1.2500, 1.5000, 1.7500, "
        "2.0000,\n        2.2500, 2.5000], grad_fn=<AddBackward0>)"
    )
    with printoptions(linewidth=40):
        text = format_tensor(np.float64([1.5, 2.5]), grad_fn_name="AddBackward0")
    assert text == (
        "tensor([1.5000, 2.5000],\n       dtype=torch.float64,\n"
        "       grad_fn=<AddBackward0>)"
    )


def test_the_default_dtype_is_not_named():
    config.set_default_dtype(dtypes.float64)
    try:
        assert format_tensor(np.float64([1])) == "tensor([1.])"
        assert format_tensor(np.float32([1])) == "tensor([1.], dtype=torch.float32)"
        assert format_tensor(np.complex128([1])) == "tensor([1.+0.j])"
        assert format_tensor(np.zeros(0, "c16")) == "tensor([], dtype=torch.complex128)"
    finally:
        config.set_default_dtype(dtypes.float32)


def test_a_long_tensor_is_not_read_whole():
    # A terabyte of zeros that takes no memory: only its edges are looked at.
    endless = np.broadcast_to(np.float32(0), (10**6, 10**6))
    text = format_tensor(endless)
    assert text.count("0.") == 36
    assert text.startswith("tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n")
