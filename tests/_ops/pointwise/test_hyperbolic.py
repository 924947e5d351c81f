"""sinh, cosh, tanh, asinh, acosh, atanh."""

import numpy as np

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, Op, battery


def wide(x):
    return np.asarray(x, np.result_type(x, "f8"))


def in_double(ufunc):
    return lambda x: ufunc(wide(x))


def small(make):
    return [(make(3, 4, low=-1, high=1),), (make(low=0, high=1),), (make(0, 2),)]


OPS = [
    Op(
        name,
        reference=in_double(getattr(np, name)),
        samples=small,
        dtypes=(*ALL, *COMPLEX),
        inplace=True,
        out=True,
    )
    for name in ("sinh", "cosh", "tanh")
]
OPS += [
    Op(
        "asinh",
        reference=np.arcsinh,
        samples=small,
        dtypes=(*FLOATS, *COMPLEX),
        out=True,
    ),
    Op(
        "acosh",
        reference=np.arccosh,
        samples=lambda make: [(make(3, 4, low=1.5, high=4),)],
        dtypes=(*FLOATS, *COMPLEX),
        inplace=True,
        out=True,
        tolerance=3,
    ),
    Op(
        "atanh",
        reference=np.arctanh,
        samples=lambda make: [(make(3, 4, low=-0.7, high=0.7),)],
        dtypes=(*FLOATS, *COMPLEX),
        inplace=True,
        out=True,
        tolerance=3,
    ),
    Op("nn.functional.tanh", reference=np.tanh, samples=small),
]
globals().update(battery(OPS))


def test_aliases():
    x = rushlight.tensor([0.5])
    assert rushlight.arcsinh(x).tolist() == x.asinh().tolist()
    assert rushlight.arctanh(x).tolist() == x.atanh().tolist()
    assert (2 * x).arccosh().tolist() == [0]


def test_the_gradient_of_tanh_in_many_blocks():
    """Large arrays are worked on in blocks; a gradient of stride 0 comes from sum()."""
    x = rushlight.linspace(-3, 3, 200_000, requires_grad=True)
    x.tanh().sum().backward()
    expected = 1 - np.tanh(x.detach().numpy().astype("f8")) ** 2
    np.testing.assert_allclose(x.grad.numpy(), expected, atol=1e-6)
