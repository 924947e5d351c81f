"""svdvals and its gradients of both orders."""

import numpy as np
import pytest

import rushlight
from rushlight import linalg
from tests.battery import COMPLEX, Error, Op, battery

ones = rushlight.ones

OPS = [
    Op(
        "linalg.svdvals",
        reference=lambda x: np.linalg.svd(x, compute_uv=False),
        samples=lambda make: [
            (make(3, 3),),
            (make(4, 2),),
            (make(2, 3, 5),),
            (make(0, 3),),
            (make(2, 0, 3),),
        ],
        dtypes=("float64", "float32", *COMPLEX),
        out=True,
        errors=[
            Error((ones(3),), RuntimeError, "at least 2 dimensions"),
            Error((ones(2, 2).long(),), NotImplementedError, "'Long'"),
            Error((ones(2, 2).half(),), NotImplementedError, "float16"),
            Error((2,), TypeError, "'A' to be a Tensor"),
            Error((ones(2, 2) * float("nan"),), linalg.LinAlgError, "finite values"),
        ],
    )
]
globals().update(battery(OPS))


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_complex_second_derivatives(shape):
    rng = np.random.default_rng(0)
    array = rng.random(shape) + 1j * rng.random(shape)
    x = rushlight.from_numpy(array).requires_grad_()
    step = rushlight.from_numpy(rng.random(shape) + 1j * rng.random(shape))

    def gradient(at):
        (found,) = rushlight.autograd.grad(
            linalg.svdvals(at).square().sum() + linalg.svdvals(at).sum(),
            at,
            create_graph=True,
        )
        return found

    def along(distance):
        at = (x.detach() + distance * step).requires_grad_()
        return (gradient(at).conj() * step).real.sum().item()

    inner = (gradient(x).conj() * step).real.sum()
    (second,) = rushlight.autograd.grad(inner, x)
    exact = (second.conj() * step).real.sum().item()
    assert exact == pytest.approx((along(1e-6) - along(-1e-6)) / 2e-6, rel=1e-5)


def test_equal_singular_values_have_a_first_gradient():
    x = rushlight.eye(3, requires_grad=True)
    linalg.svdvals(x).sum().backward()
    assert np.allclose(x.grad.numpy(), np.eye(3))
    assert linalg.svdvals(x).grad_fn.name() == "LinalgSvdBackward0"
