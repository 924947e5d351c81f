"""Dropout in its forms: PyTorch's masks, scales, channels, in place; rrelu."""

import numpy as np
import pytest

import rushlight
from rushlight.nn import functional as F

# After manual_seed(11), with p = 0.4 and ones: function, shape, what PyTorch keeps.
MASKS = [
    ("dropout", (2, 3, 4), "100011110100011101011000"),
    ("dropout1d", (3, 5, 2), "110000001111111100110000001111"),
    ("dropout1d", (6, 2), "110000001111"),
    ("dropout2d", (3, 4, 1, 2), "110000001111111100110000"),
    ("dropout3d", (2, 4, 1, 1, 2), "1100000011111111"),
    ("dropout3d", (6, 1, 1, 2), "110000001111"),
]


def kept(tensor):
    return "".join("01"[v != 0] for v in tensor.detach().reshape(-1).tolist())


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("name, shape, mask", MASKS)
def test_masks_are_pytorchs(name, shape, mask, inplace):
    rushlight.manual_seed(11)
    x = rushlight.ones(*shape)
    found = getattr(F, name)(x, 0.4, inplace=inplace)
    assert kept(found) == mask and (found is x) == inplace
    assert float(found.max()) == 1.6666666269302368


def test_memory_is_filled_in_its_order():
    rushlight.manual_seed(11)
    assert kept(F.dropout(rushlight.ones(3, 4).t(), 0.4)) == "110011010010"


@pytest.mark.parametrize("name", ["alpha_dropout", "feature_alpha_dropout"])
def test_alpha_dropout_keeps_mean_and_variance(name):
    rushlight.manual_seed(11)
    found = getattr(F, name)(rushlight.ones(3, 4), 0.4, training=True)
    assert kept(found > 0) == "100011110100"
    assert sorted(set(found.view(-1).tolist())) == [
        -0.9106420278549194,
        1.4703772068023682,
    ]
    x = rushlight.randn(100_000, 1)
    found = getattr(F, name)(x, 0.3, training=True)
    assert abs(float(found.mean())) < 0.02 and abs(float(found.var()) - 1) < 0.02


FORMS = [F.dropout, F.dropout1d, F.alpha_dropout, F.feature_alpha_dropout]


@pytest.mark.parametrize("form", FORMS)
def test_idle_forms_give_the_input_back(form):
    x = rushlight.ones(2, 3, 4)
    state = rushlight.get_rng_state()
    assert form(x, 0.5, training=False) is x
    assert form(x, 0.0, training=True) is x
    assert form(x[:0], 0.5, training=True).shape == (0, 3, 4)
    assert rushlight.equal(state, rushlight.get_rng_state())


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_with_certainty_all_is_dropped(form, inplace):
    x = rushlight.ones(2, 3, 4, requires_grad=True)
    found = form(x * 1, 1.0, training=True, inplace=inplace)
    assert not found.any() and found.grad_fn.name() == "MulBackward0"
    found.sum().backward()
    assert not x.grad.any()


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("form", FORMS)
def test_the_gradient_passes_where_the_value_did(form, dtype):
    dtype = getattr(rushlight, dtype)
    x = rushlight.full((4, 5, 6), 2.0, dtype=dtype, requires_grad=True)
    found = form(x, 0.5, training=True)
    found.sum().backward()
    assert found.dtype == x.grad.dtype == dtype
    changed = found.detach() != found.detach().min()
    assert rushlight.equal(x.grad != 0, changed)


def test_scales_are_one_over_the_rest():
    x = rushlight.ones(1000, dtype=rushlight.float64)
    for p in (0.1, 0.2, 0.75):
        found = F.dropout(x, p)
        assert set(found.tolist()) == {0.0, 1 / (1 - p)}
        assert abs(float(found.mean()) - 1) < 0.2


def test_torchs_own_entry_points():
    x = rushlight.ones(3, 4)
    for name in (
        "dropout",
        "alpha_dropout",
        "feature_dropout",
        "feature_alpha_dropout",
    ):
        rushlight.manual_seed(1)
        found = getattr(rushlight, name)(x, 0.5, True)
        rushlight.manual_seed(1)
        target = x.clone()
        assert getattr(rushlight, f"{name}_")(target, 0.5, True) is target
        assert rushlight.equal(found, target)
        with pytest.raises(RuntimeError, match="between 0 and 1, got 2"):
            getattr(rushlight, name)(x, 2, True)


def test_channels_of_other_dimensions_warn():
    x = rushlight.ones(2, 3, 4)
    with pytest.warns(UserWarning, match="use dropout1d"):
        F.dropout2d(x)
    with pytest.warns(UserWarning, match="expected 4D or 5D, got 3D"):
        F.dropout3d(x)
    assert F.dropout1d(x[0]).shape == (3, 4)
    with pytest.warns(UserWarning, match="got 2D"):
        F.dropout2d(x[0])


X = rushlight.ones(2, 3)
ERRORS = [
    (lambda: F.dropout(X, 1.5), ValueError, "between 0 and 1, got 1.5"),
    (lambda: F.dropout(X, -0.5), ValueError, "between 0 and 1, got -0.5"),
    (lambda: F.dropout(X.long()), RuntimeError, "can't be cast to the input's"),
    (lambda: F.dropout("x"), TypeError, "'input' to be a Tensor, got str"),
    (lambda: F.dropout1d(X[0]), RuntimeError, "a 2D or 3D input"),
    (lambda: F.feature_alpha_dropout(X[0], training=True), RuntimeError, "2 dim"),
    (lambda: F.rrelu(X, 0.5, 0.1), RuntimeError, "lower <= upper"),
    (lambda: F.rrelu(X.long()), RuntimeError, "can't be cast"),
]


@pytest.mark.parametrize("call, error, text", ERRORS)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_rrelu_draws_pytorchs_slopes():
    rushlight.manual_seed(11)
    found = F.rrelu(-rushlight.ones(6), 0.1, 0.5, training=True)
    wanted = [0.1769335, 0.4541169, 0.3686190, 0.3658718, 0.3307925, 0.1618809]
    np.testing.assert_allclose(-found, wanted, rtol=1e-6)


@pytest.mark.parametrize("training", [False, True])
def test_rrelu_bends_what_is_negative(training):
    x = rushlight.randn(200, requires_grad=True)
    found = F.rrelu(x, 0.2, 0.4, training)
    positive = x.detach() > 0
    assert rushlight.equal(found[positive], x[positive])
    slopes = (found / x).detach()[~positive]
    found.sum().backward()
    assert rushlight.allclose(x.grad[~positive], slopes)
    if training:
        assert bool(((slopes >= 0.2) & (slopes <= 0.4)).all()) and slopes.std() > 0.03
    else:
        assert rushlight.allclose(slopes, rushlight.tensor(0.3))
    assert found.grad_fn.name() == "RreluWithNoiseBackward0"
    target = x.detach().clone()
    assert F.rrelu_(target, 0.2, 0.4) is target
