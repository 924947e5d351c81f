"""var, std, var_mean, std_mean."""

import numpy as np
import pytest

import rushlight
from tests.battery import COMPLEX, FLOATS, Error, Op, battery


def _samples(make):
    x = make(4, 5, 2)
    return [
        (x,),
        (x, 1),
        (x, (0, 2), True),
        (x, [1], False, True),
        (x, {"correction": 0}),
        (x, -1, {"correction": 0.5, "keepdim": True}),
        (x, False),
        (x, {"unbiased": False}),
        (x, None, {"correction": 3}),
        (make(3, 2), 0),
    ]


def _var(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    axis = tuple(dim) if isinstance(dim, list) else dim
    return np.var(x, axis=axis, ddof=correction, keepdims=keepdim)


def _std(x, *args, **kwargs):
    return np.sqrt(_var(x, *args, **kwargs))


def _mean(x, dim=None, unbiased=None, keepdim=False, **kwargs):
    axis = (
        None if isinstance(dim, bool) else tuple(dim) if isinstance(dim, list) else dim
    )
    return np.mean(x, axis=axis, keepdims=keepdim)


def _both(first):
    return lambda *args, **kwargs: (first(*args, **kwargs), _mean(*args, **kwargs))


def _errors(name):
    x = rushlight.ones(2, 2)
    return [
        Error((rushlight.tensor([1]),), RuntimeError, "not implemented for 'Long'"),
        Error((x, 2), IndexError, f"{name}()"),
        Error((x, (0, 0)), RuntimeError, "each dimension once"),
        Error((x, 0, 1), TypeError, "'unbiased' to be a bool"),
        Error((x, 0, True), TypeError, "'unbiased' or 'correction'", {"correction": 1}),
    ]


OPS = [
    Op(
        name,
        reference=reference,
        samples=_samples,
        dtypes=(*FLOATS, *COMPLEX),
        out=name in ("var", "std"),
        tolerance=4,
        errors=_errors(name),
    )
    for name, reference in {
        "var": _var,
        "std": _std,
        "var_mean": _both(_var),
        "std_mean": _both(_std),
    }.items()
]
globals().update(battery(OPS))


@pytest.mark.parametrize("values", [[2.0], [], [2.0, 2.0]])
def test_too_few_elements_warn_and_give_nan(values):
    x = rushlight.tensor(values)
    with pytest.warns(UserWarning, match=r"var\(\): degrees of freedom is <= 0"):
        assert x.var(correction=len(values)).isnan()


def test_more_correction_than_elements_is_infinite():
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert rushlight.tensor([2.0, 3.0]).var(correction=3).item() == float("inf")


def test_the_deviation_of_equal_elements_has_gradient_zero():
    x = rushlight.tensor([2.0, 2.0], requires_grad=True)
    x.std().backward()
    assert x.grad.tolist() == [0, 0]


def test_complex_input_gives_a_real_variance():
    x = rushlight.tensor([1 + 1j, 3 - 1j])
    variance, mean = rushlight.var_mean(x)
    assert (variance.dtype, mean.dtype) == (rushlight.float32, rushlight.complex64)
    assert (variance.item(), mean.item()) == (4, 2)


def test_numpy_names_and_nodes():
    x = rushlight.ones(2, 3, requires_grad=True)
    for name in ("var", "std", "var_mean", "std_mean"):
        found = getattr(rushlight, name)(x, axis=1, keepdims=True)
        found = found[1] if isinstance(found, tuple) else found
        assert found.shape == (2, 1)
        camel = "".join(part.capitalize() for part in name.split("_"))
        assert found.grad_fn.name() == f"{camel}Backward0"
