"""real, imag, conj and its like, view_as_real, view_as_complex."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, Error, Op, battery


def plain(make):
    return [(make(3, 4),), (make(),), (make(0, 2),)]


ONE = rushlight.ones(1)
OPS = [
    Op("real", reference=np.real, samples=plain, dtypes=(*COMPLEX, *ALL), grad=False),
    Op(
        "imag",
        reference=np.imag,
        samples=plain,
        dtypes=COMPLEX,
        errors=[Error((ONE,), RuntimeError, "non-complex dtypes")],
    ),
    Op("conj", reference=np.conj, samples=plain, dtypes=(*COMPLEX, *ALL[:-1])),
    Op(
        "conj_physical",
        reference=np.conj,
        samples=plain,
        dtypes=(*COMPLEX, *ALL[:-1]),
        inplace=True,
        out=True,
    ),
    Op(
        "view_as_real",
        reference=lambda z: np.stack([z.real, z.imag], -1),
        samples=plain,
        dtypes=COMPLEX,
        errors=[Error((ONE,), RuntimeError, "only supported for complex")],
    ),
]
globals().update(battery(OPS))

Z = [1 + 2j, 3 - 4j]


def test_parts_are_views():
    z = rushlight.tensor(Z)
    z.real[0] = 10
    z.imag *= 2
    rushlight.view_as_real(z)[1, 0] = 30
    assert z.tolist() == [10 + 4j, 30 - 8j]
    z.real = rushlight.tensor([5.0, 6.0])
    assert z.real.tolist() == [5, 6] and z.imag.tolist() == [4, -8]
    pairs = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]])
    rushlight.view_as_complex(pairs)[0] = 7j
    assert pairs.tolist() == [[0, 7], [3, 4]]


def test_a_real_tensor_is_its_own_real_part_and_conjugate():
    x = rushlight.ones(2)
    assert x.real is x and x.conj() is x and x.resolve_conj() is x
    assert x.resolve_neg() is x and not x.is_conj() and not x.is_neg()


@pytest.mark.parametrize(
    "function, gradient, name",
    [
        (lambda z: z.real, [1, 1], "SelectBackward0"),
        (lambda z: z.imag, [1j, 1j], "SelectBackward0"),
        (lambda z: z.conj().imag, [-1j, -1j], "SelectBackward0"),
        (rushlight.view_as_real, [1 + 1j, 1 + 1j], "ViewAsRealBackward0"),
        (lambda z: (z * z.conj()).real, [2 + 4j, 6 - 8j], "SelectBackward0"),
    ],
)
def test_gradients_follow_torchs_convention(function, gradient, name):
    """What is accumulated is dL/d(re) + 1j * dL/d(im)."""
    z = rushlight.tensor(Z, requires_grad=True)
    result = function(z)
    assert result.grad_fn.name() == name
    result.sum().backward()
    assert z.grad.tolist() == gradient


def test_view_as_complex():
    x = rushlight.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    z = rushlight.view_as_complex(x)
    assert z.tolist() == [1 + 2j, 3 + 4j]
    assert z.grad_fn.name() == "ViewAsComplexBackward0"
    (z * 1j).real.sum().backward()
    assert x.grad.tolist() == [[0, -1], [0, -1]]


@pytest.mark.parametrize(
    "x, text",
    [
        (rushlight.ones(2, 3), "last dimension of size 2"),
        (rushlight.ones(2, 2).t(), "strides [1, 2]"),
        (rushlight.ones(2, 3)[:, :2], "even offsets"),
        (rushlight.ones(2, dtype=rushlight.int64), "Long"),
    ],
)
def test_what_is_no_pairs_is_refused(x, text):
    with pytest.raises(RuntimeError) as caught:
        rushlight.view_as_complex(x)
    assert text in str(caught.value)
