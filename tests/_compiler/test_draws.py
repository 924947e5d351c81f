"""Random arrays by machine code: NumPy's numbers, bit for bit, from the same state."""

import random
import threading
from types import SimpleNamespace

import ml_dtypes
import numpy as np
import pytest

import rushlight as torch
from rushlight._compiler import draws
from rushlight._core import sampling
from rushlight._core.generator import Generator
from rushlight._core.sampling import fills

pytest.importorskip("llvmlite")

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
FLOATS = [np.dtype("f2"), np.dtype("f4"), np.dtype("f8"), BFLOAT16]
COUNTED = [np.dtype(name) for name in ("i1", "u1", "i2", "i4", "i8")] + FLOATS
EVERY = [np.dtype(bool), *COUNTED]
SIZES = [0, 1, 2, 7, 8, 15, 16, 17, 33, 311, 312, 313, 623, 624, 625, 1024, 1025, 2049]
F4, F8, I8 = np.dtype("f4"), np.dtype("f8"), np.dtype("i8")


@pytest.fixture(scope="module")
def native():
    from rushlight._compiler.runtime.twister import Twister

    made = draws.NativeFills()
    made.native = Twister()
    return made


def with_fills(chosen, monkeypatch, calls, generator):
    """The results of calls that draw, made by one or the other form."""
    monkeypatch.setattr(fills, "current", chosen)
    return [call(generator) for call in calls]


def check(native, monkeypatch, calls, seed=0):
    """Whether both forms make the same arrays and end in the same state."""
    ours, numpys = (Generator().manual_seed(seed) for _ in range(2))
    found = with_fills(native, monkeypatch, calls, ours)
    wanted = with_fills(fills.Fills(), monkeypatch, calls, numpys)
    for number, (a, b) in enumerate(zip(found, wanted, strict=True)):
        assert a.dtype == b.dtype and a.shape == b.shape
        assert a.tobytes() == b.tobytes(), f"call {number}: {a.dtype} {a.shape}"
    assert np.array_equal(ours.state_bytes(), numpys.state_bytes())


def uniform_of(size, dtype, low=0.0, high=1.0):
    return lambda g: sampling.uniform(g, (size,), dtype, low, high)


def normal_of(size, dtype, mean=0.0, std=1.0):
    return lambda g: sampling.normal(g, (size,), dtype, mean, std)


def coins_of(size, dtype, p, one=1):
    return lambda g: sampling.bernoulli(g, (size,), dtype, p, one)


def integers_of(size, dtype, low, high):
    return lambda g: sampling.integers(g, (size,), dtype, low, high)


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_uniform(native, monkeypatch, dtype):
    calls = [uniform_of(size, dtype) for size in SIZES]
    calls += [uniform_of(size, dtype, -2, 3) for size in SIZES]
    check(native, monkeypatch, calls)


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_normal(native, monkeypatch, dtype):
    calls = [normal_of(size, dtype) for size in SIZES]
    calls += [normal_of(size, dtype, mean, 0.3) for size in SIZES for mean in (0, 1.7)]
    check(native, monkeypatch, calls)


@pytest.mark.parametrize("dtype", EVERY, ids=str)
@pytest.mark.parametrize("p", [0, 0.1, 1 / 3, 0.5, 1 - 2**-53, 1])
def test_bernoulli(native, monkeypatch, dtype, p):
    check(native, monkeypatch, [coins_of(size, dtype, p) for size in SIZES])


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
@pytest.mark.parametrize("p", [0.1, 0.5])
def test_noise_of_dropout(native, monkeypatch, dtype, p):
    one = np.array(1 / (1 - p), dtype)[()]
    check(native, monkeypatch, [coins_of(size, dtype, 1 - p, one) for size in SIZES])


@pytest.mark.parametrize("dtype", COUNTED, ids=str)
def test_integers_of_every_dtype(native, monkeypatch, dtype):
    calls = [integers_of(size, dtype, 3, 103) for size in SIZES]
    calls += [lambda g: sampling.random_integers(g, (1000,), dtype)]
    if dtype.kind != "u":
        calls += [integers_of(size, dtype, -7, 12) for size in SIZES]
    check(native, monkeypatch, calls)


@pytest.mark.parametrize(
    "count", [1, 2, 3, 10, 1000, 65537, 2**27 + 1, 2**28 - 1, 2**28, 2**40 + 3]
)
def test_integers_of_every_range(native, monkeypatch, count):
    calls = [integers_of(size, I8, -5, count - 5) for size in (1, 9, 5000)]
    check(native, monkeypatch, calls)


@pytest.mark.parametrize("dtype", ["i8", "f4", "f8"])
def test_integers_of_the_widest_range(native, monkeypatch, dtype):
    calls = [integers_of(5000, np.dtype(dtype), -(2**63), None)]
    if dtype == "i8":
        calls += [integers_of(5000, I8, -(2**62), 2**61)]
    check(native, monkeypatch, calls)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 9, 255, 256, 257, 258, 400, 401, 5000])
def test_permutation(native, monkeypatch, n):
    check(native, monkeypatch, [lambda g: sampling.permutation(g, n, I8)] * 2)


@pytest.mark.parametrize("seed", range(4))
def test_small_and_large_draws_of_all_kinds_take_turns(native, monkeypatch, seed):
    rng = random.Random(seed)
    calls = []
    for _ in range(150):
        size = rng.choice([*SIZES, 20_000])
        dtype = rng.choice(FLOATS)
        calls += rng.sample(
            [
                uniform_of(size, dtype),
                normal_of(size, dtype),
                coins_of(size, rng.choice(EVERY), rng.random()),
                integers_of(size, I8, 0, rng.randint(1, 2**28)),
                lambda g, n=size: sampling.permutation(g, n, I8),
                lambda g, n=size: sampling.exponential(g, (n,), F8),
                lambda g, n=size % 99: g.draw32(n),
                lambda g, n=size % 99: g.draw64(n),
            ],
            2,
        )
    check(native, monkeypatch, calls, seed)


@pytest.mark.parametrize("size", [100_000, 100_001])
def test_long_arrays(native, monkeypatch, size):
    calls = [lambda g: g.draw32(5)]  # from the middle of a block
    for dtype in (F4, F8):
        calls += [uniform_of(size, dtype), normal_of(size, dtype)]
        calls += [coins_of(size, dtype, 0.5)]
    calls += [integers_of(size, I8, 0, 1000)]
    calls += [lambda g: sampling.permutation(g, size, I8)]
    check(native, monkeypatch, calls)


def test_states_are_set_and_rewound(native, monkeypatch):
    monkeypatch.setattr(fills, "current", native)
    g = Generator().manual_seed(5)
    sampling.uniform(g, (1001,), F4)
    state = g.state_bytes()
    wanted = sampling.normal(g, (5000,), F4)
    sampling.bernoulli(g, (777,), F4, 0.5)
    g.set_state_bytes(state)
    assert np.array_equal(sampling.normal(g, (5000,), F4), wanted)
    other = Generator()
    other.set_state_bytes(state)
    assert np.array_equal(sampling.normal(other, (5000,), F4), wanted)
    with g.lock:
        mark = g.mark()
    first = sampling.uniform(g, (3000,), F8)
    with g.lock:
        g.rewind(mark)
    assert np.array_equal(sampling.uniform(g, (3000,), F8), first)


def test_threads_draw_from_one_generator(native, monkeypatch):
    monkeypatch.setattr(fills, "current", native)
    g, found = Generator().manual_seed(0), []

    def draw():
        for _ in range(50):
            found.append(sampling.uniform(g, (500,), F4))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = sampling.uniform(Generator().manual_seed(0), (200 * 500,), F4)
    assert sorted(map(bytes, found)) == sorted(map(bytes, whole.reshape(200, 500)))


@pytest.fixture
def adaptive(monkeypatch):
    made = draws.NativeFills()
    monkeypatch.setattr(fills, "current", made)
    return made


def drawn(adaptive, size=1000):
    """Draw; whether machine code was used, or would be the next time."""
    sampling.uniform(Generator(), (size,), F4)
    return adaptive.native is not None


@pytest.fixture
def kept(monkeypatch):
    """Says whether the machine code is in the cache on disk."""
    from rushlight._compiler.runtime import twister

    return lambda answer: monkeypatch.setattr(twister, "is_kept", lambda: answer)


def test_machine_code_is_made_when_numpy_took_as_long(adaptive, kept):
    kept(False)
    assert not drawn(adaptive)
    adaptive._spent = draws.LOOKING * 1.01
    assert not drawn(adaptive) and adaptive._due == draws.COMPILING
    adaptive._spent = draws.COMPILING * 1.01
    assert drawn(adaptive)


def test_machine_code_in_the_cache_is_used_sooner(adaptive, kept):
    kept(True)
    assert not drawn(adaptive)
    adaptive._spent = draws.LOOKING * 1.01
    assert drawn(adaptive)


def test_a_very_long_draw_is_reason_enough(adaptive, kept):
    kept(False)
    assert not drawn(adaptive, 1000)
    adaptive._earned(int(draws.COMPILING / draws.EACH) + 1)
    assert adaptive.native is not None


def test_time_is_counted_once(adaptive, monkeypatch):
    ticks = iter(range(100))
    clock = SimpleNamespace(perf_counter=lambda: next(ticks))
    monkeypatch.setattr(draws, "time", clock)
    adaptive._due = float("inf")
    sampling.normal(Generator(), (32,), F8)
    assert adaptive._spent == next(ticks) - 1


def test_without_llvmlite_numpy_goes_on(adaptive, monkeypatch):
    from rushlight._compiler.codegen.llvm import machine

    monkeypatch.setattr(machine, "is_available", lambda: False)
    adaptive._spent = 1.0
    assert not drawn(adaptive) and not drawn(adaptive)
    assert adaptive._due == float("inf")


def test_normal_numbers_of_every_word(native, monkeypatch):
    """A sample of all the 24 bits that Box and Muller's transform sees."""
    calls = [normal_of(1 << 20, F4)]
    check(native, monkeypatch, calls, seed=11)


def test_the_door_uses_it():
    assert isinstance(fills.current, draws.NativeFills)
    torch.manual_seed(0)
    assert torch.rand(2).tolist() == pytest.approx([0.49625658, 0.76822180])
