"""Reductions under masks: against NumPy's masked arrays, gradients, refusals."""

import numpy as np
import pytest

import rushlight
from rushlight import masked
from rushlight.autograd import gradcheck

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(3, 4, 2))
MASK = RNG.random((3, 4, 2)) < 0.6
MASK[0, :, 0] = True

#: Our options, and the same of a row of the elements that are left.
CASES = [
    ("sum", {}, np.sum),
    ("prod", {}, np.prod),
    ("amax", {}, lambda row: row.max(initial=-np.inf)),
    ("amin", {}, lambda row: row.min(initial=np.inf)),
    ("mean", {}, lambda row: row.mean() if row.size else np.nan),
    ("norm", {"ord": 3.0}, lambda row: (np.abs(row) ** 3).sum() ** (1 / 3)),
    ("norm", {"ord": -np.inf}, lambda row: np.abs(row).min(initial=np.inf)),
    ("var", {"correction": 0}, lambda row: row.var() if row.size else np.nan),
    ("std", {}, lambda row: row.std(ddof=1) if row.size > 1 else np.nan),
    ("logsumexp", {}, lambda row: np.logaddexp.reduce(row, initial=-np.inf)),
]


@pytest.mark.parametrize("name, options, reference", CASES)
@pytest.mark.parametrize("keepdim", [True, False])
def test_against_numpy(name, options, reference, keepdim):
    x, mask = rushlight.tensor(VALUES), rushlight.tensor(MASK)
    found = getattr(masked, name)(x, dim=1, mask=mask, keepdim=keepdim, **options)
    wanted = np.empty((3, 1, 2))
    for i in range(3):
        for k in range(2):
            wanted[i, 0, k] = reference(VALUES[i, MASK[i, :, k], k])
    wanted = wanted if keepdim else wanted[:, 0]
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-12)
    whole = getattr(masked, name)(x, mask=mask, **options)
    np.testing.assert_allclose(whole.item(), reference(VALUES[MASK]), rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in masked.__all__ if n[:3] in ("arg", "med")])
def test_places_and_medians(name):
    x = rushlight.tensor([[3.0, 1.0, 2.0, 9.0]])
    mask = rushlight.tensor([True, False, True, True])
    wanted = {"argmax": 3.0, "argmin": 2.0, "median": 3.0}[name]
    assert getattr(masked, name)(x, 1, mask=mask).tolist() == [wanted]


def test_a_median_of_nothing():
    none = rushlight.tensor([False, False])
    assert masked.median(rushlight.ones(2), 0, mask=none).isnan()
    with pytest.raises(ValueError, match="an element left"):
        masked.median(rushlight.tensor([1, 2]), 0, mask=none)
    assert masked.median(rushlight.tensor([5, 2]), 0, mask=~none).item() == 2


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "norm", "logsumexp"])
def test_gradients(name):
    x = rushlight.tensor(VALUES[:2], requires_grad=True)
    mask = rushlight.tensor(MASK[:2])
    mask[:, :2] = True
    assert gradcheck(lambda x: getattr(masked, name)(x, dim=1, mask=mask), (x,))


def test_dtypes():
    x = rushlight.tensor([1, 2], dtype=rushlight.int8)
    assert masked.sum(x).dtype is rushlight.int64
    assert masked.var(x).dtype is rushlight.float32
    assert masked.amax(x, mask=rushlight.tensor([False, False])).item() == -128
    assert masked.mean(x, dtype=rushlight.float64).item() == 1.5


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda x: masked.mean(x.long()), ValueError, "floating point or complex"),
        (lambda x: masked.sum(x, 5), IndexError, "in the range of"),
        (lambda x: masked.sum(x, (0, 0)), RuntimeError, "each dim once"),
        (lambda x: masked.sum(x, mask=x[None] > 0), IndexError, "at most 2"),
        (lambda x: masked.var(x, 1, True, correction=1), RuntimeError, "got both"),
        (
            lambda x: masked.amax(x.bool(), mask=x > 0),
            NotImplementedError,
            "a real dtype",
        ),
    ],
)
def test_refusals(call, error, text):
    with pytest.raises(error, match=text):
        call(rushlight.ones(2, 3))


def test_a_missing_name_has_the_nearest():
    with pytest.raises(AttributeError, match="Nearest: mean, median"):
        masked.meann
