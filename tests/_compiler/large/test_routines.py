"""Large running totals and extremes of tensors go through their routines."""

import numpy as np
import pytest

import rushlight as torch
from rushlight._compiler.large.routines import REQUESTS
from rushlight._core.table import TABLE

pytest.importorskip("llvmlite")


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("name", ["cumsum", "cumprod", "cummax", "cummin"])
def test_results_are_the_same_before_and_after(name, dim):
    x = torch.from_numpy(np.random.default_rng(0).uniform(0.5, 1.5, (400, 300)))
    x = x.float()
    results = [getattr(torch, name)(x, dim) for _ in range(1 + 8_000_000 // 480_000)]
    results.append(getattr(torch, name)(x, dim))
    native = [e.native for e in TABLE[name].large[np.ndarray].entries.values()]
    assert any(one is not None for one in native)
    for first, last in zip(_all(results[0]), _all(results[-1]), strict=True):
        assert torch.equal(first, last) and first.dtype == last.dtype


def _all(result):
    return [result] if isinstance(result, torch.Tensor) else list(result)


def test_gradients_go_backwards_through_them():
    x = torch.rand(200, 100, dtype=torch.float64).requires_grad_()
    for _ in range(70):
        (g,) = torch.autograd.grad(x.cumsum(1).sum(), x)
    want = torch.arange(100, 0, -1, dtype=torch.float64).expand(200, 100)
    assert torch.equal(g, want)


def test_what_they_do_not_take_stays_with_numpy():
    empty, half = np.empty((0, 3), "f4"), np.ones((3, 3), "f2")
    for array in (empty, half, np.ones((), "f4"), np.ones(3, "i4")):
        assert REQUESTS["cummax"](array, dim=0) is None
    request = REQUESTS["cumsum"]
    assert request(np.ones((3, 3), "f4"), dim=0, dtype=torch.float64) is None
