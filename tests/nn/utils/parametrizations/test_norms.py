"""weight_norm and spectral_norm, new and old: lengths, norms, keys, removal."""

import numpy as np
import pytest

import rushlight as torch
from rushlight import nn
from rushlight.nn.utils import parametrizations
from rushlight.nn.utils.weight_norm import norm_except_dim


@pytest.mark.parametrize(
    "dim, axes, shape",
    [(0, (1, 2, 3), (4, 1, 1, 1)), (1, (0, 2, 3), (1, 3, 1, 1)), (-1, None, ())],
)
def test_norms_of_slices(dim, axes, shape):
    v = torch.randn(4, 3, 2, 2)
    got = norm_except_dim(v, 2, dim)
    wanted = np.sqrt((v.numpy() ** 2).sum(axes, keepdims=axes is not None))
    assert got.shape == shape
    np.testing.assert_allclose(got.numpy(), wanted, rtol=1e-6)


@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm_keeps_the_value_and_splits_it(dim):
    layer = nn.Conv2d(3, 4, 2)
    before = layer.weight.detach().clone()
    parametrizations.weight_norm(layer, dim=dim)
    np.testing.assert_allclose(
        layer.weight.detach().numpy(), before.numpy(), rtol=1e-5, atol=1e-7
    )
    with torch.no_grad():
        layer.parametrizations.weight.original0.mul_(2)
    np.testing.assert_allclose(
        layer.weight.detach().numpy(), 2 * before.numpy(), rtol=1e-5, atol=1e-7
    )
    layer(torch.ones(1, 3, 4, 4)).sum().backward()
    assert layer.parametrizations.weight.original1.grad is not None


def test_weight_norm_loads_old_names():
    layer = parametrizations.weight_norm(nn.Linear(2, 2))
    state = {
        "weight_g": torch.full((2, 1), 3.0),
        "weight_v": torch.eye(2),
        "bias": torch.zeros(2),
    }
    layer.load_state_dict(state)
    assert layer.weight.tolist() == [[3.0, 0.0], [0.0, 3.0]]


def test_the_old_weight_norm():
    layer = nn.Linear(3, 2)
    before = layer.weight.detach().clone()
    with pytest.warns(FutureWarning, match="parametrizations.weight_norm"):
        nn.utils.weight_norm(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight_g", "weight_v"]
    with torch.no_grad():
        layer.weight_g.mul_(2)
    layer(torch.ones(1, 3))
    np.testing.assert_allclose(layer.weight.detach(), 2 * before, rtol=1e-5)
    with pytest.warns(FutureWarning), pytest.raises(RuntimeError, match="two weight"):
        nn.utils.weight_norm(layer)
    nn.utils.remove_weight_norm(layer)
    assert isinstance(layer.weight, nn.Parameter)
    with pytest.raises(ValueError, match="not found"):
        nn.utils.remove_weight_norm(layer)


def largest(weight, dim=0):
    matrix = np.moveaxis(weight.detach().numpy(), dim, 0)
    return np.linalg.svd(matrix.reshape(len(matrix), -1))[1][0]


@pytest.mark.parametrize(
    "make, dim",
    [
        (lambda: nn.Linear(6, 4), 0),
        (lambda: nn.Conv2d(3, 4, 2), 0),
        (lambda: nn.ConvTranspose2d(3, 4, 2), 1),
    ],
)
@pytest.mark.parametrize("is_old", [False, True])
def test_spectral_norm_divides_by_the_largest_singular_value(make, dim, is_old):
    torch.manual_seed(0)
    layer = make()
    how = nn.utils.spectral_norm if is_old else parametrizations.spectral_norm
    how(layer, n_power_iterations=30)
    x = torch.randn(1, *((3, 4, 4) if dim or layer.weight.dim() == 4 else (6,)))
    layer(x).sum().backward()
    assert largest(layer.weight, dim) == pytest.approx(1.0, rel=1e-2)
    layer.eval()
    layer(x)
    first = layer.weight.tolist()
    layer(x)
    assert layer.weight.tolist() == first


def test_vectors_are_divided_by_their_length():
    layer = parametrizations.spectral_norm(nn.Linear(3, 3), "bias")
    assert layer.bias.norm().item() == pytest.approx(1.0, rel=1e-5)


def test_two_passes_may_be_differentiated_together():
    layer = parametrizations.spectral_norm(nn.Linear(3, 2))
    loss = layer(torch.ones(1, 3)).sum() - layer(torch.zeros(1, 3)).sum()
    loss.backward()
    assert layer.parametrizations.weight.original.grad is not None


def test_removing_the_old_spectral_norm_leaves_no_hooks():
    layer = nn.utils.spectral_norm(nn.Linear(3, 2))
    state = layer.state_dict()
    assert state._metadata[""]["spectral_norm"] == {"weight.version": 1}
    nn.utils.remove_spectral_norm(layer)
    assert sorted(layer.state_dict()) == ["bias", "weight"]
    assert not layer._state_dict_hooks
    assert not layer._load_state_dict_pre_hooks


def test_states_without_the_second_vector_load():
    torch.manual_seed(0)
    layer = nn.utils.spectral_norm(nn.Linear(2, 3), n_power_iterations=20)
    layer(torch.ones(1, 2))
    state = dict(layer.state_dict())
    state["weight"] = layer.weight.detach()
    wanted = state.pop("weight_v")
    again = nn.utils.spectral_norm(nn.Linear(2, 3))
    again.load_state_dict(state)
    np.testing.assert_allclose(again.weight_v, wanted, atol=1e-3)


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (
            lambda: parametrizations.spectral_norm(nn.Linear(2, 2), "other"),
            ValueError,
            "no parameter or buffer with name 'other'",
        ),
        (
            lambda: parametrizations.spectral_norm(nn.Linear(2, 2), dim=4),
            IndexError,
            "out of range: 4",
        ),
        (
            lambda: parametrizations.spectral_norm(
                nn.Linear(2, 2), n_power_iterations=0
            ),
            ValueError,
            "to be positive",
        ),
        (
            lambda: nn.utils.spectral_norm(nn.utils.spectral_norm(nn.Linear(2, 2))),
            RuntimeError,
            "Cannot register two spectral_norm hooks",
        ),
        (
            lambda: nn.utils.spectral_norm(nn.LazyLinear(2)),
            ValueError,
            "uninitialized parameters",
        ),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make()
