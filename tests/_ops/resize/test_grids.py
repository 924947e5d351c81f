"""grid_sample and affine_grid: places, paddings, gradients."""

import itertools

import numpy as np
import pytest

import rushlight
from rushlight.autograd import gradcheck
from rushlight.nn import functional as F

F64 = rushlight.float64
MODES = [
    (rank, mode, padding, align)
    for rank, mode, padding, align in itertools.product(
        (2, 3),
        ("bilinear", "nearest", "bicubic"),
        ("zeros", "border", "reflection"),
        (True, False),
    )
    if rank == 2 or mode != "bicubic"
]


def _pair(rank):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 1, *(3, 4, 2)[:rank]))
    grid = rng.uniform(-1.7, 1.7, size=(1, *(2, 2, 1)[:rank], rank))
    return rushlight.tensor(x), rushlight.tensor(grid)


@pytest.mark.parametrize("rank, mode, padding, align", MODES)
def test_gradients(rank, mode, padding, align):
    x, grid = _pair(rank)
    x.requires_grad = True
    grid.requires_grad = True

    def f(x, grid):
        return F.grid_sample(x, grid, mode, padding, align)

    assert gradcheck(f, (x, grid))


def test_nearest_places_have_the_gradient_zero():
    x, grid = _pair(2)
    grid[0, 0, 0, 0] = float("nan")
    grid.requires_grad = True
    found = F.grid_sample(x, grid, "nearest", align_corners=False)
    found.nansum().backward()
    assert grid.grad.shape == grid.shape
    assert grid.grad.abs().sum() == 0


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
@pytest.mark.parametrize("align", [True, False])
def test_the_identity(mode, align):
    x, _ = _pair(2)
    theta = rushlight.eye(2, 3, dtype=F64).expand(1, 2, 3)
    grid = F.affine_grid(theta, x.shape, align)
    found = F.grid_sample(x, grid, mode, "border", align)
    np.testing.assert_allclose(found.numpy(), x.numpy(), atol=1e-12)


def test_paddings():
    x = rushlight.tensor([[[[1.0, 2.0, 3.0]]]])
    grid = rushlight.tensor([[[[-2.0, 0.0], [2.0, 0.0]]]])
    expected = {"zeros": [0, 0], "border": [1, 3], "reflection": [2, 2]}
    for padding, values in expected.items():
        found = F.grid_sample(x, grid, padding_mode=padding, align_corners=True)
        assert found.flatten().tolist() == values


def test_affine_grid():
    theta = rushlight.tensor([[[1.0, 0.0, 0.5], [0.0, 2.0, 0.0]]], requires_grad=True)
    grid = F.affine_grid(theta, (1, 1, 2, 2), align_corners=True)
    assert grid[0, 0, 0].tolist() == [-0.5, -2.0]
    half = F.affine_grid(theta, (1, 1, 2, 2), align_corners=False)
    assert half[0, 1, 1].tolist() == [1.0, 1.0]
    assert gradcheck(
        lambda t: F.affine_grid(t, (1, 1, 3, 2), False),
        (rushlight.randn(1, 2, 3, dtype=F64, requires_grad=True),),
    )
    deep = F.affine_grid(rushlight.randn(2, 3, 4), (2, 1, 2, 3, 4), False)
    assert deep.shape == (2, 2, 3, 4, 3)


def test_refusals():
    x, grid = _pair(2)
    with pytest.raises(ValueError, match="mode to be one of"):
        F.grid_sample(x, grid, "cubic")
    with pytest.raises(ValueError, match="padding_mode"):
        F.grid_sample(x, grid, padding_mode="wrap")
    with pytest.raises(RuntimeError, match="with depth"):
        F.grid_sample(x, grid[..., :1])
    with pytest.raises(RuntimeError, match="same dtype"):
        F.grid_sample(x.float(), grid)
    with pytest.raises(ValueError, match="affine matrices"):
        F.affine_grid(rushlight.ones(1, 2, 2), (1, 1, 2, 2))
    with pytest.raises(ValueError, match="positive size"):
        F.affine_grid(rushlight.ones(1, 2, 3), (1, 1, 0, 2))
    with pytest.raises(NotImplementedError, match="4 or 5"):
        F.affine_grid(rushlight.ones(1, 2, 3), (1, 1, 2))


@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("rank", [2, 3])
def test_without_gradients_it_is_one_op_of_the_same_bits(mode, padding, align, rank):
    rng = np.random.default_rng(0)
    x = rushlight.from_numpy(rng.standard_normal((2, 3, 5, 4, 6)[: rank + 2]))
    grid = rng.standard_normal((2, *(7, 3, 2)[:rank], rank)) * 1.5
    grid = rushlight.from_numpy(grid)
    alone = F.grid_sample(x, grid, mode, padding, align)
    recorded = F.grid_sample(x.clone().requires_grad_(), grid, mode, padding, align)
    assert alone.grad_fn is None and recorded.grad_fn is not None
    assert rushlight.equal(alone, recorded.detach())
    assert alone.is_contiguous()
