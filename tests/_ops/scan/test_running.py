"""cummax, cummin."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")


def _reference(accumulate):
    def reference(x, dim):
        if not x.ndim:
            return x, np.zeros((), int)
        values = accumulate(x, dim)
        places = np.zeros(x.shape, int)
        for index in np.ndindex(*x.shape):
            before = list(index)
            for place in range(index[dim] + 1):
                before[dim] = place
                if x[tuple(before)] == values[index]:
                    places[index] = place
        return values, places

    return reference


OPS = [
    Op(
        name,
        reference=_reference(accumulate),
        samples=lambda make: [
            (make(3, 5), 1),
            (make(5, 2), 0),
            (make(2, 3, 2), -2),
            (make(), 0),
            (make(0, 3), 0),
        ],
        dtypes=(*NUMBERS, "bool"),
        out=True,
        errors=[
            Error((rushlight.ones(2) + 1j, 0), NotImplementedError, "ComplexFloat"),
            Error((rushlight.ones(2), 1), IndexError, f"{name}()"),
            Error((rushlight.ones(2),), TypeError, "an int for 'dim'"),
        ],
    )
    for name, accumulate in {
        "cummax": np.maximum.accumulate,
        "cummin": np.minimum.accumulate,
    }.items()
]
globals().update(battery(OPS))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_nan_stays(dtype):
    x = rushlight.tensor([1.0, NAN, 3.0, NAN], dtype=getattr(rushlight, dtype))
    values, indices = x.cummax(0)
    assert values.isnan().tolist() == [False, True, True, True]
    assert indices.tolist() == [0, 1, 1, 3]


def test_an_element_gets_the_gradient_of_all_that_show_it():
    x = rushlight.tensor([1.0, 3.0, 3.0, 2.0], requires_grad=True)
    found = x.cummax(axis=0)
    found.values.sum().backward()
    assert x.grad.tolist() == [1, 1, 2, 0]
    assert found.values.grad_fn.name() == "CummaxBackward0"
    assert repr(found).startswith("torch.return_types.cummax(\nvalues=tensor([1., 3.")
