"""pad by mirroring, repeating, wrapping around."""

import numpy as np
import pytest

import rushlight
from tests.battery import FLOATS, Error, Op, battery

ones = rushlight.ones
MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def _reference(x, widths, mode):
    pairs = [(0, 0)] * x.ndim
    for place in range(len(widths) // 2):
        pairs[x.ndim - 1 - place] = (widths[2 * place], widths[2 * place + 1])
    return np.pad(x, pairs, mode=MODES[mode])


OPS = [
    Op(
        "nn.functional.pad",
        samples=lambda make, mode=mode: [
            (make(2, 4), (1, 2), mode),
            (make(2, 3, 4), (3, 0), mode),
            (make(2, 3, 4), (1, 3, 2, 0), mode),
            (make(1, 2, 3, 4), (2, 1, 0, 1), mode),
            (make(1, 2, 3, 4), (1, 1, 1, 1, 1, 0), mode),
            (make(0, 2, 4), (1, 1), mode),
        ],
        reference=_reference,
        dtypes=(*FLOATS, "int64"),
        errors=[
            Error((ones(4), (1, 1), mode), NotImplementedError, "1D input tensor"),
            Error((ones(1, 1, 1, 4), (1, 1), mode), NotImplementedError, "for 4D"),
            Error((ones(1, 2, 0), (1, 1), mode), RuntimeError, "widths that fit"),
            Error((ones(1, 4), (1, 1), mode, 2), RuntimeError, "value argument"),
        ],
        id=mode,
    )
    for mode in MODES
]
globals().update(battery(OPS))


@pytest.mark.parametrize(
    "mode, widths, text",
    [
        ("reflect", (4, 0), "less than the corresponding input dimension"),
        ("reflect", (0, 4), "less than the corresponding input dimension"),
        ("circular", (5, 0), "wrapping around more than once"),
        ("replicate", (0, -5), "keep at least one element"),
    ],
)
def test_borders_that_are_too_wide(mode, widths, text):
    with pytest.raises(RuntimeError) as caught:
        rushlight.nn.functional.pad(ones(1, 4), widths, mode)
    assert text in str(caught.value)


# Recorded from PyTorch 2.13.
@pytest.mark.parametrize(
    "mode, widths, expected, gradient",
    [
        ("circular", (1, -1), [2, 0, 1, 2], [1, 2, 3, 0]),
        ("reflect", (2, -1), [2, 1, 0, 1, 2], [2, 4, 4, 0]),
        ("replicate", (-1, 2), [1, 2, 3, 3, 3], [0, 0, 1, 9]),
    ],
)
def test_negative_widths_cut(mode, widths, expected, gradient):
    x = rushlight.arange(4.0).reshape(1, 4).requires_grad_()
    y = rushlight.nn.functional.pad(x, widths, mode)
    assert y[0].tolist() == expected
    (y * rushlight.arange(float(len(expected)))).sum().backward()
    assert x.grad[0].tolist() == gradient


@pytest.mark.parametrize(
    "mode, name",
    [
        ("reflect", "ReflectionPad2DBackward0"),
        ("replicate", "ReplicationPad2DBackward0"),
    ],
)
def test_names_of_nodes(mode, name):
    x = ones(1, 3, 4, requires_grad=True)
    y = rushlight.nn.functional.pad(x, (1, 1, 1, 1), mode)
    assert y.grad_fn.name() == name
