"""topk, kthvalue."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")


class _Values(Op):
    """As Op, for the values; the indices must lead to them."""

    @property
    def function(self):
        def function(x, k, dim=-1, *rest):
            values, indices = getattr(rushlight, self.name)(x, k, dim, *rest)
            places = indices
            if self.name == "kthvalue" and rest != (True,) and x._array.ndim:
                places = indices.unsqueeze(dim)
            if not x.is_meta and x._array.ndim:
                taken = np.take_along_axis(x._array, places._array, dim)
                np.testing.assert_array_equal(
                    taken.reshape(values.shape), values._array
                )
            return values

        return function


def _topk(x, k, dim=-1, largest=True):
    if not x.ndim:
        return x
    found = np.sort(x, dim)
    found = np.flip(found, dim) if largest else found
    return found.take(range(k), dim)


def _kthvalue(x, k, dim=-1, keepdim=False):
    if not x.ndim:
        return x
    found = np.sort(x, dim).take([k - 1], dim)
    return found if keepdim else found.squeeze(dim)


OPS = [
    _Values(
        "topk",
        reference=_topk,
        samples=lambda make: [
            (make(3, 6), 2),
            (make(3, 6), 1),
            (make(3, 6), 1, 1, False),
            (make(6, 2), 3, 0, False),
            (make(4, 3), 3),
            (make(4, 3), 0),
            (make(), 1),
            (make(0, 3), 2),
        ],
        dtypes=NUMBERS,
        errors=[
            Error((rushlight.ones(2), 3), RuntimeError, "index k out of range"),
            Error((rushlight.ones(2), -1), RuntimeError, "index k out of range"),
            Error((rushlight.ones(2).bool(), 1), RuntimeError, "'Bool'"),
            Error((rushlight.ones(2), 1, 1), IndexError, "topk()"),
            Error((rushlight.ones(2), 1.5), TypeError, "an int for 'k'"),
        ],
    ),
    _Values(
        "kthvalue",
        reference=_kthvalue,
        samples=lambda make: [
            (make(3, 6), 2),
            (make(6, 2), 6, 0, True),
            (make(), 1),
            (make(0, 3), 2),
        ],
        dtypes=NUMBERS,
        errors=[
            Error((rushlight.ones(2), 3), RuntimeError, "number k out of range"),
            Error((rushlight.ones(2), 0), RuntimeError, "number k out of range"),
            Error((rushlight.ones(2, 0), 1), IndexError, "number k out of range"),
            Error((rushlight.ones(2) + 1j, 1), NotImplementedError, "Complex"),
        ],
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_nan_is_the_largest(dtype):
    x = rushlight.tensor([1.0, NAN, 3.0], dtype=getattr(rushlight, dtype))
    assert x.topk(2).indices.tolist() == [1, 2]
    assert x.topk(1).indices.tolist() == [1]
    assert x.topk(2, largest=False).indices.tolist() == [0, 2]
    assert x.topk(1, largest=False).indices.tolist() == [0]
    assert x.kthvalue(2).values.item() == 3


def test_out_numpy_names_and_nodes():
    x = rushlight.tensor([[3.0, 1.0, 2.0]], requires_grad=True)
    assert x.topk(2, axis=1).values.grad_fn.name() == "TopkBackward0"
    assert x.kthvalue(2, axis=1).values.grad_fn.name() == "KthvalueBackward0"
    out = rushlight.zeros(0), rushlight.zeros(0).long()
    rushlight.topk(x.detach(), 2, out=out)
    assert (out[0].tolist(), out[1].tolist()) == ([[3, 2]], [[0, 2]])
