"""The generator: seeds, bits, state, copies, threads, forks."""

import copy
import os
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError, DeviceError
from rushlight._core.generator import (
    STATE_LAYOUT,
    Generator,
    as_seed,
    default_generator,
)
from rushlight._core.tensor import wrap

# What NumPy's RandomState, and so PyTorch, gives for seed 5.
FIRST_OF_5 = np.random.RandomState(5).randint(0, 2**32, 3000, dtype=np.uint32)


def fields(generator):
    return generator.state_bytes().view(STATE_LAYOUT)[0]


def test_the_sequence_of_a_seed():
    g = Generator().manual_seed(5)
    parts = [g.draw32(n) for n in (1, 0, 623, 1, 1000, 1375)]
    assert np.array_equal(np.concatenate(parts), FIRST_OF_5)
    high, low = FIRST_OF_5[:20:2].astype(object), FIRST_OF_5[1:20:2].astype(object)
    g.manual_seed(5)
    assert g.draw64(9).tolist() == [h << 32 | w for h, w in zip(high[:9], low[:9])]
    assert g.raw64() == high[9] << 32 | low[9]
    assert g.raw() == FIRST_OF_5[20]


@pytest.mark.parametrize(
    "seed, held", [(0, 0), (-1, 2**64 - 1), (2**64 - 1, 2**64 - 1), (-(2**63), 2**63)]
)
def test_seeds_that_are_taken(seed, held):
    g = Generator()
    assert g.manual_seed(seed) is g
    assert g.initial_seed() == held
    only_the_low_half_counts = Generator().manual_seed(held & 0xFFFFFFFF)
    assert np.array_equal(g.draw32(5), only_the_low_half_counts.draw32(5))


@pytest.mark.parametrize(
    "seed, error",
    [
        (2**64, ValueError),
        (-(2**63) - 1, ValueError),
        (3.5, RuntimeError),
        ("5", RuntimeError),
        (None, RuntimeError),
        (True, RuntimeError),
    ],
)
def test_seeds_that_are_refused(seed, error):
    g = Generator().manual_seed(1)
    with pytest.raises(error, match=r"Generator.manual_seed\(\): expected seed.*, got"):
        g.manual_seed(seed)
    assert g.initial_seed() == 1


def test_numpy_integers_are_seeds():
    assert as_seed(np.int64(-2), "f()") == 2**64 - 2


def test_a_new_generator_has_pytorchs_first_seed():
    assert Generator().initial_seed() == 67280421310721


def test_seed_chooses_anew():
    g = Generator()
    seeds = {g.seed() for _ in range(5)}
    assert len(seeds) == 5
    assert g.initial_seed() in seeds


@pytest.mark.parametrize("device", ["cuda", "meta"])
def test_other_devices_are_refused(device):
    with pytest.raises(DeviceError, match=f"expected the device 'cpu', got '{device}'"):
        Generator(device)


def test_the_device_is_the_cpu():
    assert Generator("cpu:0").device.type == "cpu"


# -- state ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drawn, left, following",
    [
        (0, 1, 0),
        (1, 624, 1),
        (623, 2, 623),
        (624, 1, 624),
        (625, 624, 1),
        (1248, 1, 624),
    ],
)
def test_the_position_in_the_block_is_pytorchs(drawn, left, following):
    g = Generator().manual_seed(5)
    g.draw32(drawn)
    state = fields(g)
    assert (state["left"], state["next"], state["seeded"]) == (left, following, 1)
    other = Generator()
    other.set_state_bytes(g.state_bytes())
    assert np.array_equal(other.state_bytes(), g.state_bytes())
    assert np.array_equal(other.draw32(700), FIRST_OF_5[drawn : drawn + 700])


def test_the_cached_normal_is_in_the_state():
    g = Generator().manual_seed(5)
    g.cached_normal = -0.25
    state = fields(g)
    assert (state["normal_y"], state["normal_is_valid"]) == (-0.25, 1)
    assert g.clone_state().cached_normal == -0.25
    assert Generator().manual_seed(5).clone_state().cached_normal is None


def test_a_state_may_hold_pytorchs_cached_float():
    state = Generator().state_bytes()
    record = state.view(STATE_LAYOUT)[0]
    record["float_normal"], record["float_normal_is_valid"] = 0.5, 1
    g = Generator()
    g.set_state_bytes(state)
    assert np.array_equal(g.state_bytes(), state)


def test_tensors_of_state():
    g = Generator().manual_seed(5)
    state = g.get_state()
    g.draw32(10)
    g.set_state(state)
    assert np.array_equal(g.draw32(10), FIRST_OF_5[:10])
    for wrong in (wrap(np.zeros(5056)), np.zeros(5056, np.uint8), None):
        with pytest.raises(TypeError, match="expected new_state: a uint8 tensor"):
            g.set_state(wrong)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"seeded": 0}, "a seeded state"),
        ({"left": 0}, "1 to 624 numbers left, got 0"),
        ({"left": 625}, "1 to 624 numbers left, got 625"),
        ({"left": -5}, "got -5"),
        ({"left": 600, "next": 30}, "position 25 with 600 numbers left, got 30"),
    ],
)
def test_impossible_states_are_refused(change, words):
    state = Generator().state_bytes()
    for name, value in change.items():
        state.view(STATE_LAYOUT)[name] = value
    g = Generator().manual_seed(5)
    with pytest.raises(ArgumentRuntimeError, match=words):
        g.set_state_bytes(state)
    assert np.array_equal(g.draw32(5), FIRST_OF_5[:5])


def test_a_state_of_another_size_is_refused():
    with pytest.raises(RuntimeError, match="expected new_state: 5056 bytes, got 5048"):
        Generator().set_state_bytes(np.zeros(5048, np.uint8))


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, Generator.clone_state]
    + [lambda g: pickle.loads(pickle.dumps(g))],
)
def test_copies_go_their_own_way(copied):
    g = Generator().manual_seed(5)
    g.draw32(100)
    other = copied(g)
    assert other.initial_seed() == 5
    assert np.array_equal(other.draw32(10), FIRST_OF_5[100:110])
    assert np.array_equal(g.draw32(10), FIRST_OF_5[100:110])


class Named(Generator):
    """A subclass keeps its class when it is copied."""


def test_a_subclass_is_copied_as_itself():
    assert type(copy.deepcopy(Named())) is Named
    assert type(Named().clone_state()) is Named


# -- threads and processes -----------------------------------------------------------


def test_threads_share_one_sequence():
    g, parts = Generator().manual_seed(5), []
    start = threading.Barrier(6)

    def work():
        start.wait()
        parts.extend(g.draw32(10) for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    firsts = {int(number): i for i, number in enumerate(FIRST_OF_5)}
    starts = sorted(firsts[int(part[0])] for part in parts)
    assert starts == list(range(0, 3000, 10))
    assert all(
        np.array_equal(part, FIRST_OF_5[firsts[int(part[0])] :][:10]) for part in parts
    )


FORK = """
import os, threading
from rushlight._core.generator import default_generator
held = threading.Event()

def work():
    with default_generator.lock:
        held.set()
        default_generator.raw(3_000_000)

thread = threading.Thread(target=work)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    default_generator.draw32(1)
    os._exit(7)
thread.join()
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_during_a_draw_leaves_the_child_able_to_draw():
    assert subprocess.run([sys.executable, "-c", FORK], timeout=60).returncode == 7


def test_the_default_generator_starts_anywhere():
    code = (
        "from rushlight._core.generator import default_generator as g;"
        "print(g.initial_seed())"
    )
    run = [sys.executable, "-c", code]
    seeds = {subprocess.check_output(run, timeout=60) for _ in range(2)}
    assert len(seeds) == 2
    assert default_generator.initial_seed() is not None
