"""max_unpool: what was pooled goes back to its place."""

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck
from rushlight.nn import functional as F

POOLS = [
    (F.max_pool1d, F.max_unpool1d, (2, 3, 9)),
    (F.max_pool2d, F.max_unpool2d, (2, 3, 6, 7)),
    (F.max_pool3d, F.max_unpool3d, (2, 4, 5, 6)),
]


@pytest.mark.parametrize("pool, unpool, shape", POOLS)
def test_largest_elements_return_and_the_rest_is_zero(pool, unpool, shape):
    x = rushlight.randn(*shape, dtype=rushlight.float64)
    found, places = pool(x, 2, return_indices=True)
    back = unpool(found, places, 2, output_size=x.shape)
    kept = back != 0
    assert back.shape == x.shape and int(kept.sum()) == found.numel()
    assert rushlight.equal(back[kept], x[kept])
    size = x.shape
    leaf = found.requires_grad_()
    assert gradcheck(lambda y: unpool(y, places, 2, output_size=size), (leaf,))


def test_sizes():
    x, places = F.max_pool2d(rushlight.ones(1, 1, 7, 7), 2, return_indices=True)
    assert F.max_unpool2d(x, places, 2).shape == (1, 1, 6, 6)
    for size in ((7, 7), (1, 7, 7), (1, 1, 7, 7)):
        found = F.max_unpool2d(x, places, 2, output_size=size)
        assert found.shape == (1, 1, 7, 7)
    assert np.isclose(float(found.sum()), 9)


def _pooled():
    return F.max_pool2d(rushlight.ones(1, 1, 6, 6), 2, return_indices=True)


ERRORS = [
    (lambda x, i: F.max_unpool2d(x, i, 2, output_size=(9, 9)), ValueError, "invalid"),
    (lambda x, i: F.max_unpool2d(x, i + 100, 2), RuntimeError, "invalid max index"),
    (lambda x, i: F.max_unpool2d(x, i - 100, 2), RuntimeError, "invalid max index"),
    (lambda x, i: F.max_unpool2d(x, i.int(), 2), RuntimeError, "dtype int64"),
    (lambda x, i: F.max_unpool2d(x, i[..., :1], 2), RuntimeError, "input's shape"),
]


@pytest.mark.parametrize("call, error, text", ERRORS)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call(*_pooled())
