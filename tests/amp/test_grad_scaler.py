"""GradScaler: scaling, skipped steps, growth, states, errors in the order of calls."""

import pickle

import pytest

import rushlight as torch
from rushlight.amp import GradScaler


def made(**options):
    p = torch.ones(2, requires_grad=True)
    return p, torch.optim.SGD([p], lr=0.5), GradScaler("cpu", **options)


def test_a_step_is_that_of_the_unscaled_loss():
    p, optimizer, scaler = made(init_scale=8.0)
    scaler.scale(p.sum()).backward()
    assert p.grad.tolist() == [8.0, 8.0]
    scaler.unscale_(optimizer)
    assert p.grad.tolist() == [1.0, 1.0]
    scaler.step(optimizer)
    scaler.update()
    assert p.tolist() == [0.5, 0.5]


def test_an_overflow_skips_the_step_and_halves_the_scale():
    p, optimizer, scaler = made(init_scale=8.0)
    scaler.scale(p.sum() * float("inf")).backward()
    assert scaler.step(optimizer) is None
    scaler.update()
    assert p.tolist() == [1.0, 1.0]
    assert scaler.get_scale() == 4.0


def test_the_scale_grows_after_enough_steps():
    p, optimizer, scaler = made(init_scale=8.0, growth_interval=2, growth_factor=4.0)
    scales = []
    for _ in range(4):
        optimizer.zero_grad()
        scaler.scale(p.sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append((scaler.get_scale(), scaler._get_growth_tracker()))
    assert scales == [(8.0, 1), (32.0, 0), (32.0, 1), (128.0, 0)]
    scaler.update(2.0)
    assert scaler.get_scale() == 2.0


def test_several_losses_are_scaled_together():
    _, _, scaler = made(init_scale=2.0)
    one, (two, three) = scaler.scale([torch.ones(1), (torch.ones(1), torch.ones(1))])
    assert one.item() == two.item() == three.item() == 2.0
    with pytest.raises(ValueError, match="iterable of Tensors"):
        scaler.scale(3)


def test_states():
    p, optimizer, scaler = made(init_scale=8.0, growth_interval=7)
    scaler.scale(p.sum()).backward()
    scaler.step(optimizer)
    with pytest.raises(AssertionError, match="in the middle"):
        pickle.dumps(scaler)
    scaler.update()
    state = scaler.state_dict()
    assert state == {
        "scale": 8.0,
        "growth_factor": 2.0,
        "backoff_factor": 0.5,
        "growth_interval": 7,
        "_growth_tracker": 1,
    }
    again = GradScaler("cpu")
    again.load_state_dict(state)
    assert again.state_dict() == state
    assert pickle.loads(pickle.dumps(scaler)).state_dict() == state
    with pytest.raises(RuntimeError, match="source state dict is empty"):
        again.load_state_dict({})


def test_disabled_it_does_nothing():
    p, optimizer, scaler = made(enabled=False)
    loss = p.sum()
    assert scaler.scale(loss) is loss
    loss.backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert p.tolist() == [0.5, 0.5]
    assert (scaler.get_scale(), scaler.state_dict()) == (1.0, {})


def twice(p, optimizer, scaler):
    scaler.scale(p.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.unscale_(optimizer)


def after_step(p, optimizer, scaler):
    scaler.scale(p.sum()).backward()
    scaler.step(optimizer)
    scaler.unscale_(optimizer)


def two_steps(p, optimizer, scaler):
    scaler.scale(p.sum()).backward()
    scaler.step(optimizer)
    scaler.step(optimizer)


def without_gradients(p, optimizer, scaler):
    scaler.scale(p.sum())
    scaler.step(optimizer)


@pytest.mark.parametrize(
    "program, kind, text",
    [
        (twice, RuntimeError, "already been called on this optimizer"),
        (after_step, RuntimeError, r"called after step\(\)"),
        (two_steps, RuntimeError, r"step\(\) has already been called"),
        (without_gradients, AssertionError, "No inf checks were recorded"),
        (lambda p, o, s: s.step(o), AssertionError, "_scale is None"),
        (lambda p, o, s: s.step(o, closure=abs), RuntimeError, "Closure use"),
        (lambda p, o, s: GradScaler("cpu", growth_factor=1.0), AssertionError, "> 1.0"),
    ],
)
def test_errors(program, kind, text):
    with pytest.raises(kind, match=text):
        program(*made())


def test_half_precision_gradients_are_refused():
    p = torch.ones(2, dtype=torch.float16, requires_grad=True)
    optimizer, scaler = torch.optim.SGD([p], lr=0.1), GradScaler("cpu", init_scale=2.0)
    scaler.scale(p.sum()).backward()
    with pytest.raises(ValueError, match="FP16 gradients"):
        scaler.step(optimizer)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA")
def test_the_old_names_warn():
    with pytest.warns(FutureWarning, match="cuda.amp.GradScaler"):
        with pytest.warns(UserWarning, match="CUDA is not available"):
            scaler = torch.cuda.amp.GradScaler()
    assert not scaler.is_enabled()
