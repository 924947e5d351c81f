"""complex, polar."""

import numpy as np
import pytest

import rushlight
from tests.battery import Error, Op, battery, check_gradient, maker

ones = rushlight.ones
ERRORS = [
    Error((ones(1), ones(1).double()), RuntimeError, "both parts to be float32"),
    Error((ones(1).long(), ones(1).long()), RuntimeError, "got torch.int64"),
    Error((ones(1).half(), ones(1).half()), RuntimeError, "got torch.float16"),
    Error((ones(1), 1.0), TypeError, "to be a Tensor, got float"),
    Error((ones(2), ones(3)), RuntimeError, "equal or 1"),
]
OPS = [
    Op(
        "complex",
        samples=lambda make: [
            (make(2, 3), make(2, 3)),
            (make(2, 1), make(3)),
            (make(), make()),
            (make(0), make(0)),
        ],
        reference=lambda real, imag: real + 1j * imag,
        grad=False,
        errors=ERRORS,
        out=True,
    ),
    Op(
        "polar",
        samples=lambda make: [(make(2, 3), make(2, 3)), (make(2, 1), make(3))],
        reference=lambda length, angle: length * np.exp(1j * angle),
        grad=False,
        errors=ERRORS,
        out=True,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("name", ["complex", "polar"])
def test_gradients_of_both_parts(name):
    def parts(x, y):
        z = getattr(rushlight, name)(x, y)
        return z.real, z.imag

    make = maker("float64")
    for args in ((make(2, 3), make(2, 3)), (make(2, 1), make(3))):
        check_gradient(parts, args, "float64", 2, np.random.default_rng(1))


def test_gradients_recorded_from_pytorch():
    real, imag = ones(2, requires_grad=True), ones(1, requires_grad=True)
    z = rushlight.complex(real, imag)
    assert (z.dtype, z.grad_fn.name()) == (rushlight.complex64, "ComplexBackward0")
    (z * (2 + 3j)).abs().square().sum().backward()
    np.testing.assert_allclose(real.grad.numpy(), [26, 26], rtol=1e-6)
    np.testing.assert_allclose(imag.grad.numpy(), [52], rtol=1e-6)


def test_out_of_another_dtype_is_refused():
    out = rushlight.empty(1, dtype=rushlight.complex128)
    with pytest.raises(RuntimeError, match="out tensor to have dtype"):
        rushlight.complex(rushlight.ones(1), rushlight.ones(1), out=out)
