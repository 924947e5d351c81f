"""sum, nansum, mean, nanmean, prod."""

import numpy as np
import pytest

import rushlight
from tests.battery import ALL, COMPLEX, FLOATS, INTS, Error, Op, battery

NAN = float("nan")


def _dims(make):
    """One tensor under every kind of dim."""
    x = make(3, 4, 2)
    return [
        (x,),
        (x, 1),
        (x, -1, True),
        (x, (0, 2)),
        (x, [2, 1]),
        (x, (), True),
        (make(), 0),
        (make(0, 3), 0),
        (make(0, 3), 1),
    ]


def _one_dim(make):
    return [s for s in _dims(make) if len(s) < 2 or isinstance(s[1], int)]


def _axis(dim):
    return tuple(dim) or None if isinstance(dim, (tuple, list)) else dim


def _reference(function):
    def reference(x, dim=None, keepdim=False):
        axis = _axis(dim) if x.ndim else None
        result = function(x, axis=axis, keepdims=keepdim)
        whole = np.asarray(x).dtype.kind in "biu" and function is not np.mean
        return result.astype("int64") if whole else result

    return reference


def _holes(make):
    x = make(3, 4)
    x._array[1, 2] = x._array[0, 0] = NAN
    return [(x,), (x, 1), (x, (0,), True)]


OPS = [
    Op(
        "sum",
        reference=_reference(np.sum),
        samples=_dims,
        dtypes=(*ALL, *COMPLEX),
        out=True,
        errors=[
            Error((rushlight.ones(2), 1), IndexError, "dimension in the range [-1, 0]"),
            Error((rushlight.ones(2, 2), (0, 0)), RuntimeError, "each dimension once"),
            Error((3,), TypeError, "'x' to be a Tensor"),
            Error((rushlight.ones(2), "a"), TypeError, "expected an int for 'dim'"),
            Error((rushlight.ones(2),), TypeError, "torch.dtype", {"dtype": "x"}),
            Error((rushlight.ones(2),), TypeError, "keyword argument 'by'", {"by": 1}),
            Error((rushlight.ones(2), 0), TypeError, "'dim' once", {"axis": 0}),
        ],
    ),
    Op(
        "nansum",
        reference=_reference(np.nansum),
        samples=_dims,
        dtypes=ALL,
        out=True,
        errors=[Error((rushlight.ones(2) + 1j,), RuntimeError, "not implemented for")],
    ),
    Op("nansum", samples=_holes, reference=_reference(np.nansum), grad=0, id="holes"),
    Op(
        "mean",
        reference=_reference(np.mean),
        samples=lambda make: _dims(make)[:7],
        dtypes=(*FLOATS, *COMPLEX),
        out=True,
        errors=[
            Error(
                (rushlight.tensor([1]),), RuntimeError, "could not infer output dtype"
            ),
            Error((rushlight.ones(2), 3), IndexError, "mean()"),
        ],
    ),
    Op("nanmean", samples=_holes, reference=_reference(np.nanmean), grad=0, out=True),
    Op(
        "prod",
        reference=_reference(np.prod),
        samples=_one_dim,
        dtypes=(*ALL, *COMPLEX),
        out=True,
        tolerance=4,
        errors=[Error((rushlight.ones(2), (0,)), TypeError, "prod()")],
    ),
]
globals().update(battery(OPS))

# dtype= -> the result's dtype and value for [1.7, 2.7].
CONVERTED = {
    "sum": {"int64": 3, "float64": 4.4, "int8": 3, "bool": True},
    "prod": {"int64": 2, "float64": 1.7 * 2.7, "int8": 2, "bool": True},
    "nansum": {"int64": 3, "float64": 4.4},
    "mean": {"float64": 2.2},
}


@pytest.mark.parametrize("name", CONVERTED)
def test_dtype_is_converted_to_first(name):
    x = rushlight.tensor([1.7, 2.7], dtype=rushlight.float64)
    for dtype, value in CONVERTED[name].items():
        dtype = getattr(rushlight, dtype)
        result = getattr(x, name)(dtype=dtype)
        assert result.dtype is dtype
        assert result.item() == pytest.approx(value)


@pytest.mark.parametrize("dtype", [*INTS, "bool"])
def test_mean_refuses_what_has_no_mean(dtype):
    x = rushlight.ones(3).to(getattr(rushlight, dtype))
    with pytest.raises(RuntimeError, match="floating point or complex"):
        x.mean()
    assert x.mean(dtype=rushlight.float32).item() == 1


def test_half_precision_is_summed_in_float32():
    x = rushlight.ones(5000).to(rushlight.float16)
    assert x.sum().item() == 5000
    assert x.mean().item() == 1
    assert rushlight.ones(600, 4).to(rushlight.bfloat16).sum(0)[0].item() == 600


@pytest.mark.parametrize("shape", [(300_000,), (100_000, 5), (3, 60_000), (2, 5000, 8)])
def test_long_float32_sums_are_exact_to_the_last_digits(shape):
    rng = np.random.default_rng(0)
    array = rng.random(shape, np.float32)
    x = rushlight.from_numpy(array)
    for dim in (None, *range(len(shape))):
        want = array.sum(dim, dtype=np.float64)
        np.testing.assert_allclose(x.sum(dim).numpy(), want, rtol=2e-6)
        np.testing.assert_allclose(
            x.mean(dim, True).numpy().reshape(want.shape),
            array.mean(dim, dtype=np.float64),
            rtol=2e-6,
        )


def test_the_mean_of_nothing_is_nan():
    assert rushlight.zeros(0).mean().isnan()
    assert rushlight.zeros(0, 2).mean(0).isnan().all()
    assert rushlight.zeros(0, 2).mean(1).shape == (0,)


def test_products_with_zeros_have_gradients():
    x = rushlight.tensor([[2.0, 0.0, 3.0], [0.0, 0.0, 5.0]], requires_grad=True)
    x.prod(1).sum().backward()
    assert x.grad.tolist() == [[0, 6, 0], [0, 0, 0]]
    x.grad = None
    x.prod().backward()
    assert not x.grad.any()


def test_numpy_names_are_taken():
    x = rushlight.ones(2, 3)
    assert x.sum(axis=1, keepdims=True).shape == (2, 1)
    assert x.mean(axis=0).shape == (3,)
    assert x.prod(axis=0).shape == (3,)


NODES = {
    "sum": ("SumBackward0", "SumBackward1"),
    "mean": ("MeanBackward0", "MeanBackward1"),
    "prod": ("ProdBackward0", "ProdBackward1"),
    "nansum": ("NansumBackward0", "NansumBackward0"),
    "nanmean": ("DivBackward0", "DivBackward0"),
}


@pytest.mark.parametrize("name", NODES)
def test_nodes_are_named_as_torch_names_them(name):
    x = rushlight.ones(2, 2, requires_grad=True)
    f = getattr(rushlight, name)
    assert (f(x).grad_fn.name(), f(x, 1).grad_fn.name()) == NODES[name]


def test_out_is_refused_where_a_gradient_is_wanted():
    x = rushlight.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        rushlight.sum(x, 0, out=rushlight.zeros(()))
