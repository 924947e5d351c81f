"""torch.fx: wrap() leaves functions as they are."""

import pytest

import rushlight as torch


def test_wrap():
    @torch.fx.wrap
    def double(x):
        return 2 * x

    assert double(2) == 4
    assert torch.fx.wrap("sqrt") == "sqrt"
    with pytest.raises(RuntimeError, match=r"fx.wrap\(\): expected a function"):
        torch.fx.wrap(3)


def test_there_is_no_symbolic_tracing():
    with pytest.raises(NotImplementedError, match="got Linear"):
        torch.fx.symbolic_trace(torch.nn.Linear(1, 1))


def test_torchs_core_is_asked_before_it_is_used():
    assert getattr(torch._C, "_CudaDeviceProperties", None) is None
    assert torch._C._log_api_usage_once("library.name") is None
