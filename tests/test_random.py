"""torch.random's names: the module's functions and fork_rng."""

import pytest

import rushlight
from rushlight import random


def test_names_are_the_doors_own():
    for name in random.__all__:
        assert getattr(rushlight, name) is getattr(random, name)


def test_fork_rng_puts_the_state_back():
    random.manual_seed(0)
    with random.fork_rng(devices=[]):
        inside = rushlight.rand(2)._array.tolist()
        random.manual_seed(9)
    assert rushlight.rand(2)._array.tolist() == inside


def test_fork_rng_puts_the_state_back_after_an_error():
    random.manual_seed(0)
    state = random.get_rng_state()._array.copy()
    with pytest.raises(KeyError), random.fork_rng():
        rushlight.rand(2)
        raise KeyError
    assert (random.get_rng_state()._array == state).all()


def test_fork_rng_can_be_switched_off():
    random.manual_seed(0)
    with random.fork_rng(enabled=False):
        first = rushlight.rand(2)._array.tolist()
    assert rushlight.rand(2)._array.tolist() != first


@pytest.mark.parametrize(
    "devices, error, message",
    [("cuda", TypeError, "sequence of devices"), (3, TypeError, "sequence of devices")],
)
def test_fork_rng_refuses(devices, error, message):
    with pytest.raises(error, match=message), random.fork_rng(devices=devices):
        pass
