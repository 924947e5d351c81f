"""median, nanmedian, mode."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")


def _samples(make):
    return [
        (make(3, 5), 1),
        (make(3, 4), 0, True),
        (make(3, 4, 2), -2),
        (make(), 0),
        (make(0, 3), 1),
    ]


def _values(function):
    """A reference for the values alone: which of equal elements is not defined."""

    def reference(x, dim, keepdim=False):
        return function(x, dim, keepdim) if x.ndim else x

    return reference


def _median(x, dim, keepdim):
    found = np.sort(x, dim).take([(x.shape[dim] - 1) // 2], dim)
    return found if keepdim else found.squeeze(dim)


def _mode(x, dim=-1, keepdim=False):
    def most(lane):
        values, counts = np.unique(lane, return_counts=True)
        return values[counts.argmax()]

    if not x.size:
        return np.empty([n for d, n in enumerate(x.shape) if d != dim % x.ndim])
    found = np.apply_along_axis(most, dim, x)
    return np.expand_dims(found, dim) if keepdim else found


def _checked(name):
    """The values of a function whose indices must lead to them."""

    def function(x, dim, keepdim=False):
        values, indices = getattr(rushlight, name)(x, dim, keepdim)
        if x._array.ndim:
            places = indices if keepdim else indices.unsqueeze(dim)
            if not x.is_meta:
                taken = np.take_along_axis(x._array, places._array, dim)
                expected = values if keepdim else values.unsqueeze(dim)
                np.testing.assert_array_equal(taken, expected._array)
        return values

    return function


class _Values(Op):
    """As Op, for a function of this file."""

    @property
    def function(self):
        return _checked(self.name)


OPS = [
    _Values(name, reference=_values(function), samples=_samples, dtypes=NUMBERS)
    for name, function in {
        "median": _median,
        "nanmedian": _median,
        "mode": _mode,
    }.items()
] + [
    Op(
        name,
        reference=lambda x: np.sort(x, None)[(x.size - 1) // 2],
        samples=lambda make: [(make(3, 4),), (make(5),), (make(),)],
        dtypes=NUMBERS,
        id=f"{name}-full",
        errors=[
            Error((rushlight.ones(2).bool(),), NotImplementedError, "'Bool'"),
            Error((rushlight.ones(2), None), TypeError, "'dim' to be an int"),
            Error((rushlight.ones(2), 1), IndexError, f"{name}()"),
            Error((rushlight.ones(0, 2), 0), IndexError, "non-zero size"),
        ],
    )
    for name in ("median", "nanmedian")
]
globals().update(battery(OPS))


def test_nan():
    x = rushlight.tensor([[1.0, NAN, 3.0], [NAN, NAN, NAN], [3.0, 1.0, 2.0]])
    values, indices = x.median(1)
    assert values.isnan().tolist() == [True, True, False]
    assert indices.tolist() == [1, 0, 2]
    values, indices = x.nanmedian(1)
    assert values.isnan().tolist() == [False, True, False]
    assert indices.tolist()[0] == 0
    assert x.nanmedian().item() == 2
    assert x.median().isnan()


def test_the_median_of_nothing():
    assert rushlight.zeros(0).median().isnan()
    assert rushlight.zeros(0).long().median().item() == -(2**63)


def test_equal_medians_share_the_gradient():
    x = rushlight.tensor([3.0, 1.0, 1.0, 2.0], requires_grad=True)
    x.median().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5, 0]


def test_the_mode_is_the_smallest_of_the_most_frequent_and_its_last_place():
    values, indices = rushlight.tensor([[3, 1, 1, 3, 2], [5, 4, 5, 0, 9]]).mode()
    assert (values.tolist(), indices.tolist()) == ([1, 5], [2, 2])
    with pytest.raises(TypeError, match="'dim' to be an int"):
        rushlight.ones(2).mode((0,))


def test_nodes_and_out():
    x = rushlight.tensor([3.0, 1.0, 2.0], requires_grad=True)
    assert x.median().grad_fn.name() == "MedianBackward0"
    assert x.median(0).values.grad_fn.name() == "MedianBackward1"
    assert x.nanmedian(0).values.grad_fn.name() == "NanmedianBackward1"
    assert x.mode(0).values.grad_fn.name() == "ModeBackward0"
    out = rushlight.zeros(0), rushlight.zeros(0).long()
    rushlight.median(x.detach(), 0, out=out)
    assert (out[0].item(), out[1].item()) == (2, 2)
