"""max, min, amax, amin, aminmax."""

import numpy as np
import pytest

import rushlight
from tests.battery import NUMBERS, Error, Op, battery

NAN = float("nan")
TYPES = (*NUMBERS, "bool")


def _along(make):
    x = make(3, 4, 2)
    return [
        (x, 1),
        (x, -1, True),
        (make(5, 7), 1),
        (make(5, 7), 0),
        (make(), 0),
        (make(0, 3), 1),
    ]


def _with_places(value, place):
    def reference(x, dim, keepdim=False):
        if not x.ndim:
            return x, np.int64(0)
        return value(x, dim, keepdims=keepdim), place(x, dim, keepdims=keepdim)

    return reference


def _over(function):
    def reference(x, dim=(), keepdim=False):
        axis = None if dim == () or not x.ndim else dim
        return function(x, axis=axis, keepdims=keepdim)

    return reference


def _errors(name):
    ones = rushlight.ones
    found = [
        Error((ones(2) + 1j, 0), RuntimeError, "complex"),
        Error((ones(2), 1), IndexError, f"{name}()"),
        Error((ones(0, 2), 0), IndexError, "reduction dim 0 to have non-zero size"),
        Error(([1],), TypeError, "to be a Tensor"),
    ]
    if name != "aminmax":
        found.append(Error((ones(0),), RuntimeError, "Specify the reduction dim"))
    return found


OPS = []
for name, value, place in [("max", np.max, np.argmax), ("min", np.min, np.argmin)]:
    OPS += [
        Op(
            name,
            reference=_with_places(value, place),
            samples=_along,
            dtypes=TYPES,
            out=True,
            errors=_errors(name),
        ),
        Op(
            name,
            reference=value,
            samples=lambda make: [(make(3, 4),), (make(),)],
            dtypes=TYPES,
            out=True,
            id=f"{name}-full",
        ),
        Op(
            name,
            reference=np.maximum if name == "max" else np.minimum,
            samples=lambda make: [(make(3, 4), make(4))],
            dtypes=("float64", "int64"),
            out=True,
            id=f"{name}-of-two",
        ),
        Op(
            f"a{name}",
            reference=_over(value),
            samples=lambda make: [
                *_along(make),
                (make(3, 4, 2), (0, 2)),
                (make(3, 2),),
            ],
            dtypes=TYPES,
            out=True,
            errors=_errors(f"a{name}"),
        ),
    ]
OPS.append(
    Op(
        "aminmax",
        reference=lambda x, *, dim=None, keepdim=False: (
            np.min(x, axis=dim if x.ndim else None, keepdims=keepdim),
            np.max(x, axis=dim if x.ndim else None, keepdims=keepdim),
        ),
        samples=lambda make: [
            (make(3, 4),),
            (make(3, 4), {"dim": 1}),
            (make(3, 4), {"dim": 0, "keepdim": True}),
        ],
        dtypes=TYPES,
        out=True,
        errors=[
            Error((rushlight.ones(0),), RuntimeError, "Specify the reduction dim"),
            Error((rushlight.ones(2) + 1j,), NotImplementedError, "ComplexFloat"),
        ],
    )
)
globals().update(battery(OPS))

# Expression of x -> its gradient for x = [1, 3, 3, 2].
TIES = {
    "x.max()": [0, 0.5, 0.5, 0],
    "x.min()": [1, 0, 0, 0],
    "x.max(0).values": [0, 1, 0, 0],
    "x.amax()": [0, 0.5, 0.5, 0],
    "x.amax(0)": [0, 0.5, 0.5, 0],
    "x.aminmax().max": [0, 0.5, 0.5, 0],
    "x.max(rushlight.tensor(3.0))": [0, 0.5, 0.5, 0],
}


@pytest.mark.parametrize("expression", TIES)
def test_ties(expression):
    x = rushlight.tensor([1.0, 3.0, 3.0, 2.0], requires_grad=True)
    eval(expression).sum().backward()
    assert x.grad.tolist() == TIES[expression]


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_nan_wins(dtype):
    x = rushlight.tensor([1.0, NAN, 3.0], dtype=getattr(rushlight, dtype))
    assert x.max().isnan()
    assert x.amin(0).isnan()
    assert x.min(0).values.isnan()
    assert x.min(0).indices.item() == 1


def test_nan_takes_the_gradient_of_max():
    x = rushlight.tensor([1.0, NAN, NAN], requires_grad=True)
    x.max().backward()
    assert x.grad.tolist() == [0, 0.5, 0.5]


def test_results_are_named_and_print_as_torch_prints_them():
    found = rushlight.tensor([[1, 5], [7, 3]]).max(1)
    assert repr(found) == (
        "torch.return_types.max(\nvalues=tensor([5, 7]),\nindices=tensor([1, 0]))"
    )
    values, indices = found
    assert found.values is values
    assert found.indices is indices


def test_values_may_be_changed_in_place_before_backward():
    x = rushlight.tensor([1.0, 4.0], requires_grad=True)
    values = x.max(0).values
    values.mul_(2)
    values.backward()
    assert x.grad.tolist() == [0, 2]


def test_numpy_names_and_nodes():
    x = rushlight.ones(2, 3, requires_grad=True)
    assert x.max(axis=1, keepdims=True).values.shape == (2, 1)
    assert x.min().grad_fn.name() == "MinBackward1"
    assert x.min(0).values.grad_fn.name() == "MinBackward0"
    assert x.amin(0).grad_fn.name() == "AminBackward0"
    assert x.aminmax().min.grad_fn.name() == "AminmaxBackward0"


def test_out_must_have_the_dtype():
    out = (rushlight.zeros(0).double(), rushlight.zeros(0).long())
    with pytest.raises(RuntimeError, match="out tensor to have dtype"):
        rushlight.max(rushlight.ones(2), 0, out=out)
