"""Functions of masked elements that keep the shape."""

import numpy as np
import pytest

import rushlight
from rushlight import masked
from rushlight.autograd import gradcheck

X = np.array([[1.0, 2.0, 3.0], [4.0, 0.5, -1.0]])
MASK = np.array([[True, False, True], [True, True, True]])


def _exp(sign):
    weight = np.exp(sign * X) * MASK
    return weight / weight.sum(1, keepdims=True)


CASES = {
    "cumsum": (X * MASK).cumsum(1),
    "cumprod": np.where(MASK, X, 1).cumprod(1),
    "softmax": _exp(1),
    "softmin": _exp(-1),
    "log_softmax": np.log(_exp(1), where=MASK, out=np.full(X.shape, -np.inf)),
}


@pytest.mark.parametrize("name", CASES)
def test_against_numpy(name):
    found = getattr(masked, name)(rushlight.tensor(X), 1, mask=rushlight.tensor(MASK))
    np.testing.assert_allclose(found.numpy(), CASES[name], rtol=1e-12)


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "softmax", "softmin"])
def test_gradients(name):
    x = rushlight.tensor(X, requires_grad=True)
    mask = rushlight.tensor(MASK)
    assert gradcheck(lambda x: getattr(masked, name)(x, 1, mask=mask), (x,))


def test_normalize():
    x, mask = rushlight.tensor(X), rushlight.tensor(MASK)
    found = masked.normalize(x, 2.0, 1, mask=mask)
    size = np.sqrt((X**2 * MASK).sum(1, keepdims=True))
    np.testing.assert_allclose(found.numpy(), X * MASK / size, rtol=1e-12)


def test_logaddexp():
    x, mask = rushlight.tensor(X), rushlight.tensor(MASK)
    found = masked.logaddexp(x, x, input_mask=mask, other_mask=~mask)
    np.testing.assert_allclose(found.numpy(), X, rtol=1e-12)


def test_rows_without_elements_are_nan():
    none = rushlight.tensor([False, False])
    assert masked.softmax(rushlight.ones(2), 0, mask=none).isnan().all()
