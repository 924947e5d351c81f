"""Every law against numbers recorded from PyTorch, call by call and bit for bit."""

import numpy as np
import pytest

from rushlight._core import sampling
from rushlight._core.generator import Generator, default_generator
from tests._core.recorded import draws


@pytest.fixture(scope="module")
def recorded():
    with np.load(draws.FILE) as file:
        return dict(file)


def draw(generator, function, settings):
    """One recorded call."""
    settings = dict(settings)
    dtype = draws.dtype_of(settings.pop("dtype"))
    if function == "multinomial":
        weights = np.array(settings.pop("weights"), dtype)
        return sampling.multinomial(generator, weights, **settings)
    if function == "poisson":
        return sampling.poisson(generator, np.array(settings["rates"]).astype(dtype))
    first = settings.pop("n" if function == "permutation" else "shape")
    return getattr(sampling, function)(generator, first, dtype, **settings)


def check_kept(array, kept, function, dtype):
    """Compare a result with what was kept of PyTorch's."""
    if draws.is_exact(function, dtype):
        assert np.array_equal(draws.kept(array, True), kept)
        return
    wanted = kept.view(array.dtype).astype(np.complex128)
    steps = {2: 2e-3, 4: 3e-7, 8: 4e-15}[
        draws.dtype_of(dtype).itemsize // _parts(dtype)
    ]
    steps = 1.6e-2 if dtype == "bfloat16" else steps
    found = array.ravel().astype(np.complex128)
    np.testing.assert_allclose(found, wanted, rtol=steps, atol=1e-15)


def _parts(dtype):
    return 2 if dtype.startswith("complex") else 1


@pytest.mark.parametrize("name", draws.SEQUENCES)
def test_numbers_are_pytorchs(name, recorded):
    seed, calls = draws.SEQUENCES[name]
    generator = Generator().manual_seed(seed)
    for i, (function, settings) in enumerate(calls):
        array = draw(generator, function, settings)
        if "shape" in settings:
            assert array.shape == settings["shape"]
            assert array.dtype == draws.dtype_of(settings["dtype"])
        check_kept(array, recorded[f"{name}.{i}"], function, settings["dtype"])


@pytest.mark.parametrize("name", draws.SEQUENCES)
def test_the_state_stays_in_step(name, recorded):
    seed, calls = draws.SEQUENCES[name]
    generator = Generator().manual_seed(seed)
    for function, settings in calls:
        draw(generator, function, settings)
    digest, cached = draws.kept_state(generator.state_bytes())
    assert np.array_equal(digest, recorded[f"{name}.state"])
    assert cached == pytest.approx(float(recorded[f"{name}.cached"]), rel=1e-14)


def test_a_state_that_pytorch_saved_goes_on_here(recorded):
    generator = Generator()
    generator.set_state_bytes(recorded["saved_state"])
    assert generator.initial_seed() == 12345
    assert np.array_equal(generator.state_bytes(), recorded["saved_state"])
    found = sampling.normal(generator, (5,), np.dtype("f4"))
    assert np.array_equal(found, recorded["after_saved_state"])


@pytest.mark.parametrize("law", ["uniform", "normal", "exponential", "cauchy"])
def test_no_generator_means_the_default_one(law):
    default_generator.manual_seed(3)
    found = getattr(sampling, law)(None, (40,), np.dtype("f4"))
    wanted = getattr(sampling, law)(Generator().manual_seed(3), (40,), np.dtype("f4"))
    assert np.array_equal(found, wanted)
