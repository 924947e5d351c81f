"""unique, unique_consecutive."""

import itertools

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

TYPES = (*NUMBERS, "bool")


def _samples(make):
    x = make(4, 3, low=0, high=2, dtype=None)
    flags = [(True, inverse, counts) for inverse in (0, 1) for counts in (0, 1)]
    dims = [(*flags[3], 0), (*flags[3], 1), (*flags[1], -1)]
    more = [(make(0), *flags[3]), (make(), *flags[3]), (make(0, 3), *flags[3], 0)]
    return [(x, *f) for f in flags + dims] + more


def _unique(x, sorted, inverse, counts, dim=None):
    found = np.unique(x, return_inverse=True, return_counts=True, axis=dim)
    values, places, numbers = found
    places = places.reshape(x.shape if dim is None else -1)
    result = [values, *([places] if inverse else []), *([numbers] if counts else [])]
    return result if len(result) > 1 else values


OPS = [
    Op(
        "unique",
        reference=_unique,
        samples=_samples,
        dtypes=TYPES,
        grad=False,
        meta=False,
        errors=[
            Error((rushlight.ones(2) + 1j,), NotImplementedError, "ComplexFloat"),
            Error((1,), TypeError, "'input' to be a Tensor"),
            Error((rushlight.ones(2),), IndexError, "unique()", {"dim": 1}),
            Error((rushlight.tensor(1),), IndexError, "dimensions", {"dim": 0}),
            Error((rushlight.ones(0, 2),), RuntimeError, "0 sized", {"dim": 1}),
            Error(
                (rushlight.ones(2, device="meta"),), NotImplementedError, "meta tensor"
            ),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", TYPES)
def test_runs(dtype):
    x = rushlight.tensor([1, 1, 0, 0, 0, 1]).to(getattr(rushlight, dtype))
    values, inverse, counts = x.unique_consecutive(True, True)
    groups = [(k, len(list(g))) for k, g in itertools.groupby(x.tolist())]
    assert values.tolist() == [k for k, _ in groups]
    assert counts.tolist() == [n for _, n in groups]
    assert values[inverse].tolist() == x.tolist()


def test_runs_of_slices():
    x = rushlight.tensor([[1, 1], [1, 1], [2, 1]])
    values, inverse = x.unique_consecutive(return_inverse=True, dim=0)
    assert (values.tolist(), inverse.tolist()) == ([[1, 1], [2, 1]], [0, 0, 1])
    assert x.unique_consecutive(dim=1).tolist() == [[1, 1], [1, 1], [2, 1]]
    assert x.unique_consecutive().tolist() == [1, 2, 1]
    assert rushlight.zeros(0).unique_consecutive().shape == (0,)


def test_every_nan_is_different():
    x = rushlight.tensor([1.0, float("nan"), float("nan"), 2.0])
    assert x.unique().shape == (4,)
    assert x.unique(return_counts=True)[1].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "name, dim, node",
    [
        ("unique", None, "Unique2Backward0"),
        ("unique", 0, "UniqueDimBackward0"),
        ("unique_consecutive", None, "UniqueConsecutiveBackward0"),
    ],
)
def test_there_is_no_gradient(name, dim, node):
    x = rushlight.tensor([2.0, 1.0], requires_grad=True)
    found = getattr(x, name)(dim=dim)
    assert found.grad_fn.name() == node
    with pytest.raises(NotImplementedError, match="derivative for .* not implemented"):
        found.sum().backward()


@pytest.mark.parametrize("spread", [3, 200, 10**6, 2**61])
@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
def test_integers_are_counted_or_sorted_with_the_same_result(dtype, spread):
    rng, most = np.random.default_rng(0), np.iinfo(dtype).max
    least = -min(spread, most) if dtype != "uint8" else 0
    values = rng.integers(least, min(spread, most), (20, 30), endpoint=True)
    values = values.astype(dtype)
    found = rushlight.from_numpy(values).unique(return_inverse=True, return_counts=True)
    want = np.unique(values, return_inverse=True, return_counts=True)
    for one, two in zip(found, want, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.reshape(one.shape))
    alone = rushlight.from_numpy(values).unique()
    assert alone.dtype == found[0].dtype and alone.equal(found[0])


def test_without_the_inverse_zeros_and_nans_are_what_they_are_with_it():
    values = [-0.0, 2.0, float("nan"), 0.0, 2.0, float("nan"), -1.0]
    x = rushlight.tensor(values)
    one, counts = x.unique(return_counts=True)
    two, _, others = x.unique(return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(one.numpy(), two.numpy())
    np.testing.assert_array_equal(np.signbit(one.numpy()), np.signbit(two.numpy()))
    assert counts.tolist() == others.tolist() == [1, 2, 2, 1, 1]
