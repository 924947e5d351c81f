"""sort, argsort, msort."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")
TYPES = (*NUMBERS, "bool")


def _samples(make):
    return [
        (make(3, 5),),
        (make(5, 2), 0),
        (make(3, 5), 1, True),
        (make(40, 30), -1),
        (make(40, 30), 0, True),
        (make(), 0),
        (make(0, 3), 0),
    ]


def _sort(x, dim=-1, descending=False):
    places = _argsort(x, dim, descending)
    return (np.take_along_axis(x, places, dim) if x.ndim else x), places


def _argsort(x, dim=-1, descending=False):
    if not x.ndim:
        return np.zeros((), int)
    x = x.astype(float)
    return np.argsort(-x if descending else x, dim, kind="stable")


def _errors(name):
    return [
        Error((rushlight.ones(2) + 1j,), RuntimeError, "'ComplexFloat'"),
        Error((rushlight.ones(2), 1), IndexError, "sort()"),
        Error(([1],), TypeError, "to be a Tensor"),
    ]


OPS = [
    Op(
        "sort",
        reference=_sort,
        samples=_samples,
        dtypes=TYPES,
        out=True,
        errors=_errors("sort"),
    ),
    Op(
        "argsort",
        reference=_argsort,
        samples=_samples,
        dtypes=TYPES,
        grad=False,
        out=True,
        errors=_errors("argsort"),
    ),
    Op(
        "msort",
        reference=lambda x: np.sort(x, 0) if x.ndim else x,
        samples=lambda make: [(make(4, 2),), (make(),)],
        dtypes=TYPES,
        out=True,
    ),
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_nan_is_the_largest(dtype):
    x = rushlight.tensor([1.0, NAN, 3.0], dtype=getattr(rushlight, dtype))
    assert x.sort().indices.tolist() == [0, 2, 1]
    assert x.sort(descending=True).indices.tolist() == [1, 2, 0]


@pytest.mark.parametrize("descending", [False, True])
def test_many_equal_elements_keep_their_order(descending):
    x = rushlight.arange(2000).float() // 7 % 5
    places = x.argsort(descending=descending)
    groups = x[places]
    changes = (groups.diff() != 0).nonzero().flatten() + 1
    for run in np.split(places.numpy(), changes.numpy()):
        assert (np.diff(run) > 0).all()


def test_names_of_arguments_and_nodes():
    x = rushlight.tensor([2.0, 1.0], requires_grad=True)
    assert x.sort(axis=0).values.grad_fn.name() == "SortBackward0"
    assert x.sort(stable=True, dim=0).values.grad_fn.name() == "SortBackward1"
    assert x.argsort(dim=0, descending=True, stable=True).tolist() == [0, 1]
    assert repr(x.detach().sort()).startswith("torch.return_types.sort(\nvalues=")
