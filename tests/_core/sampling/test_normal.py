"""Normal numbers: the cached half, gaps, chunks, refusals."""

import numpy as np
import pytest

from rushlight._base.errors import ArgumentRuntimeError
from rushlight._core.generator import Generator
from rushlight._core.sampling import normal
from rushlight._core.sampling.chunks import CHUNK

F4, F8 = np.dtype("f4"), np.dtype("f8")


def generator(seed=0):
    return Generator().manual_seed(seed)


def test_the_second_half_of_a_pair_waits_for_the_next_call():
    g = generator()
    singles = [normal(g, (), F8).item() for _ in range(4)]
    assert singles == normal(generator(), (4,), F8).tolist()


def test_the_waiting_half_is_scaled_by_the_call_that_takes_it():
    g = generator()
    normal(g, (1,), F8, mean=100, std=5)
    second = normal(generator(), (2,), F8)[1]
    assert normal(g, (1,), F8, mean=1, std=2).item() == pytest.approx(1 + 2 * second)


def test_a_seed_drops_the_waiting_half():
    g = generator()
    normal(g, (1,), F8)
    assert g.cached_normal is not None
    assert g.manual_seed(0).cached_normal is None


@pytest.mark.parametrize("size", [17, 41, 1000])
def test_gaps_are_filled_one_by_one(size):
    few = np.concatenate([normal(g := generator(), (1,), F8)])
    rest = [normal(g, (1,), F8).item() for _ in range(size - 1)]
    found = normal(generator(), (size,), F8, contiguous=False)
    np.testing.assert_allclose(found, [*few, *rest], rtol=1e-14)


@pytest.mark.parametrize(
    "size", [CHUNK, CHUNK + 16, 4 * CHUNK, 4 * CHUNK + 16, 9 * CHUNK + 7]
)
@pytest.mark.parametrize("dtype", [F4, F8], ids=str)
def test_pieces_do_not_show(size, dtype):
    whole = normal(generator(), (size,), dtype)
    units = np.empty(size, dtype)
    raw = generator().draw64(size) if dtype == F8 else generator().draw32(size)
    digits = 53 if dtype == F8 else 24
    units[...] = (raw & np.array(2**digits - 1, raw.dtype)) * 2.0**-digits
    u1, u2 = units[: size // 16 * 16].astype(F8).reshape(-1, 2, 8).transpose(1, 0, 2)
    radius = np.sqrt(-2 * np.log(1 - u1))
    wanted = np.stack(
        [radius * np.cos(2 * np.pi * u2), radius * np.sin(2 * np.pi * u2)]
    )
    wanted = wanted.transpose(1, 0, 2).ravel()
    keep = size if size % 16 == 0 else size - 16
    np.testing.assert_allclose(whole[:keep], wanted[:keep], atol=3e-6)


def test_moments():
    found = normal(generator(), (200_000,), F4, mean=2, std=3)
    assert found.mean() == pytest.approx(2, abs=0.03)
    assert found.std() == pytest.approx(3, abs=0.03)


def test_complex_parts_have_half_the_variance():
    found = normal(generator(), (100_000,), np.dtype("c8"))
    assert found.real.var() == pytest.approx(0.5, abs=0.01)
    assert found.imag.var() == pytest.approx(0.5, abs=0.01)


def test_no_deviation_gives_the_mean_without_a_sign():
    assert not np.signbit(normal(generator(), (40,), F4, mean=0, std=0)).any()
    assert (normal(generator(), (3,), F4, mean=5, std=0) == 5).all()


@pytest.mark.parametrize("std", [-1, float("nan")])
def test_std_is_checked(std):
    with pytest.raises(ArgumentRuntimeError, match=r"normal_\(\): expected std >= 0"):
        normal(None, (0,), F4, std=std)


def test_integers_are_refused():
    with pytest.raises(NotImplementedError, match="floating-point or complex.*int64"):
        normal(None, (3,), np.dtype("i8"))
