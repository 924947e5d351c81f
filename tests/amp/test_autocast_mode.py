"""autocast: dtypes of results, nesting, threads, the cache, functions of one's own."""

import threading

import pytest

import rushlight as torch
from rushlight.amp import casting
from rushlight.utils.checkpoint import checkpoint

CASES = {
    "lower": lambda x, half: [x @ x, torch.nn.functional.linear(x, x), x.mm(x)],
    "float32": lambda x, half: [
        torch.nn.functional.mse_loss(half, half),
        half.prod(),
        torch.nn.functional.cross_entropy(half, torch.tensor([0, 1])),
    ],
    "as they are": lambda x, half: [
        x + x,
        x.softmax(1),
        x.sum(),
        x.mv(x[0]),
        x[0].dot(x[1]),
        torch.vdot(x[0], x[1]),
        torch.inner(x, x),
    ],
    "as halves are": lambda x, half: [half + half, half.softmax(1), half.sum()],
}
WANTED = {"lower": torch.bfloat16, "as halves are": torch.bfloat16}


@pytest.mark.parametrize("name", CASES)
def test_dtypes(name):
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    with torch.autocast("cpu"):
        results = CASES[name](x, x.bfloat16())
    wanted = WANTED.get(name, torch.float32)
    assert [r.dtype for r in results] == [wanted] * len(results)
    assert (x @ x).dtype is torch.float32


def test_float64_and_integers_are_left_alone():
    with torch.autocast("cpu"):
        assert (torch.ones(2, 2, dtype=torch.float64) @ torch.ones(2, 2).double()).dtype
        wide = torch.ones(2, 2, dtype=torch.float64)
        assert (wide @ wide).dtype is torch.float64
        whole = torch.ones(2, 2, dtype=torch.int64)
        assert (whole @ whole).dtype is torch.int64


def test_normed_layers_train_in_it():
    net = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(4, 3))
    with torch.autocast("cpu"):
        y = net(torch.ones(2, 4))
    assert y.dtype is torch.bfloat16
    y.float().sum().backward()
    assert net.parametrizations.weight.original.grad.dtype is torch.float32


def test_blocks_nest_and_come_back():
    x = torch.ones(2, 2)
    with torch.autocast("cpu", dtype=torch.float16):
        assert torch.get_autocast_dtype("cpu") is torch.float16
        with torch.autocast("cpu", enabled=False):
            assert (x @ x).dtype is torch.float32
            assert not torch.is_autocast_enabled("cpu")
            with torch.autocast("cpu"):
                assert (x @ x).dtype is torch.float16
        assert (x @ x).dtype is torch.float16
    assert torch.get_autocast_dtype("cpu") is torch.bfloat16
    assert not torch.is_autocast_enabled("cpu")
    assert casting.intercept._STACK.get() == ()
    assert (x @ x).dtype is torch.float32


def test_it_ends_with_an_error_in_the_block():
    with pytest.raises(KeyError), torch.autocast("cpu"):
        raise KeyError
    assert casting.intercept._STACK.get() == ()


def test_as_a_decorator():
    @torch.autocast("cpu")
    def product(x):
        return x @ x

    assert product(torch.ones(2, 2)).dtype is torch.bfloat16
    with pytest.raises(TypeError, match="a callable"):
        torch.autocast("cpu")(3)


def test_other_threads_are_not_in_the_block():
    found = []
    with torch.autocast("cpu"):
        thread = threading.Thread(
            target=lambda: found.append((torch.ones(2, 2) @ torch.ones(2, 2)).dtype)
        )
        thread.start()
        thread.join()
    assert found == [torch.float32]


def test_gradients_are_those_of_the_parameters_dtype():
    layer = torch.nn.Linear(3, 3)
    x = torch.ones(2, 3)
    with torch.autocast("cpu"):
        y = layer(layer(x))
        loss = y.float().sum()
    assert y.dtype is torch.bfloat16
    loss.backward()
    assert layer.weight.grad.dtype is torch.float32


def test_a_parameter_is_cast_once_in_a_block():
    layer = torch.nn.Linear(3, 3)
    x = torch.ones(2, 3)
    with torch.autocast("cpu"):
        layer(x)
        first = dict(casting._CACHE.get())
        layer(x)
        assert {k: v[2] for k, v in casting._CACHE.get().items()} == {
            k: v[2] for k, v in first.items()
        }
        with torch.no_grad():
            layer.weight.fill_(2.0)
        assert layer(x)[0, 0].item() == pytest.approx(
            6.0 + layer.bias[0].item(), rel=0.02
        )
    assert casting._CACHE.get() is None


def test_without_grad_nothing_is_kept():
    layer = torch.nn.Linear(3, 3)
    with torch.autocast("cpu"):
        with torch.no_grad():
            layer(torch.ones(2, 3))
        assert not casting._CACHE.get()
        assert layer(torch.ones(2, 3)).requires_grad


def test_switches():
    torch.set_autocast_enabled("cpu", True)
    try:
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype is torch.bfloat16
    finally:
        torch.set_autocast_enabled("cpu", False)
    assert torch.is_autocast_cache_enabled()
    assert torch.amp.is_autocast_available("cpu")
    assert not torch.amp.is_autocast_available("tpu")
    with pytest.warns(DeprecationWarning, match="is_autocast_cpu_enabled"):
        assert not torch.is_autocast_cpu_enabled()


@pytest.mark.parametrize(
    "make, kind, text",
    [
        (lambda: torch.autocast(3), ValueError, "`device_type` of type `str`"),
        (lambda: torch.autocast("tpu"), RuntimeError, "device_type 'tpu'"),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        make()


def test_what_cannot_be_done_is_switched_off_with_a_warning():
    with pytest.warns(UserWarning, match="not supported"):
        mode = torch.autocast("cpu", dtype=torch.float64)
    with mode:
        assert not torch.is_autocast_enabled("cpu")
    if not torch.cuda.is_available():
        with pytest.warns(UserWarning, match="CUDA is not available"):
            torch.autocast("cuda")
        with pytest.warns(FutureWarning), pytest.warns(UserWarning):
            torch.cuda.amp.autocast()


def test_functions_of_ones_own():
    class Scaled(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
        def forward(ctx, x):
            ctx.save_for_backward(x)
            assert not torch.is_autocast_enabled("cpu")
            return x @ x

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            assert not torch.is_autocast_enabled("cpu")
            return g @ x.t() + x.t() @ g

    x = torch.ones(2, 2, dtype=torch.bfloat16, requires_grad=True)
    with torch.autocast("cpu"):
        y = Scaled.apply(x)
        assert y.dtype is torch.float32
        y.sum().backward()
    assert x.grad.tolist() == [[4.0, 4.0], [4.0, 4.0]]


def test_a_function_may_run_under_autocast():
    class Product(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu")
        def forward(ctx, x):
            return x @ x

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx, g):
            assert torch.is_autocast_enabled("cpu")
            return g.float()

    x = torch.ones(2, 2, requires_grad=True)
    with torch.autocast("cpu"):
        y = Product.apply(x)
    assert y.dtype is torch.bfloat16
    y.sum().backward()
    assert x.grad.dtype is torch.float32


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointed_parts_run_again_as_they_did(reentrant):
    layer = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU())
    x = torch.randn(2, 4, requires_grad=True)
    results = []
    for part in (layer, lambda x: checkpoint(layer, x, use_reentrant=reentrant)):
        layer.zero_grad()
        with torch.autocast("cpu"):
            y = part(x)
        y.float().sum().backward()
        results.append(layer[0].weight.grad.tolist())
    assert results[0] == results[1]
    assert not torch.is_autocast_enabled("cpu")
