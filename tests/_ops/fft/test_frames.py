"""stft against sums over frames; istft as its inverse."""

import numpy as np
import pytest

import rushlight
from rushlight import istft, stft


def _by_hand(x, n_fft, hop, window):
    frames = [
        x[start : start + n_fft] * window for start in range(0, len(x) - n_fft + 1, hop)
    ]
    return np.stack([np.fft.rfft(frame) for frame in frames], -1)


def test_values():
    x, window = rushlight.randn(20), rushlight.hann_window(6)
    found = stft(x, 6, 2, window=window, center=False, return_complex=True)
    expected = _by_hand(x.numpy(), 6, 2, window.numpy())
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
    padded = np.pad(x.numpy(), 3, "reflect")
    found = stft(x, 6, 2, window=window, return_complex=True)
    expected = _by_hand(padded, 6, 2, window.numpy())
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
    half = stft(x, 6, 2, window=window, normalized=True, return_complex=True)
    np.testing.assert_allclose(half.numpy(), expected / np.sqrt(6), atol=1e-5)


@pytest.mark.parametrize("onesided", [True, False])
@pytest.mark.parametrize("normalized", [True, False])
def test_inverse(onesided, normalized):
    x = rushlight.randn(2, 40, dtype=rushlight.float64)
    options = {"window": rushlight.hann_window(8, dtype=rushlight.float64)}
    options |= {"win_length": 8, "onesided": onesided, "normalized": normalized}
    spectrum = stft(x, 10, 2, **options, return_complex=True)
    assert spectrum.shape[1] == (6 if onesided else 10)
    found = istft(spectrum, 10, 2, **options, length=40)
    np.testing.assert_allclose(found.numpy(), x.numpy(), atol=1e-10)
    assert istft(spectrum, 10, 2, **options, length=41).shape == (2, 41)


def test_complex_signals():
    x = rushlight.randn(32, dtype=rushlight.complex128)
    spectrum = stft(x, 8)
    assert spectrum.shape == (8, 17)
    found = istft(spectrum, 8, return_complex=True, onesided=False)
    np.testing.assert_allclose(found.numpy(), x.numpy(), atol=1e-12)


def test_gradients():
    x = rushlight.randn(12, dtype=rushlight.float64, requires_grad=True)
    window = rushlight.hann_window(4, dtype=rushlight.float64).requires_grad_()

    def round_trip(x, window):
        spectrum = x.stft(4, 1, window=window, return_complex=True)
        return spectrum.abs(), istft(spectrum * 2, 4, 1, window=window)

    assert rushlight.autograd.gradcheck(round_trip, (x, window))


def test_pairs_of_real_numbers():
    x = rushlight.randn(16)
    pairs = stft(x, 4, return_complex=False)
    whole = stft(x, 4, return_complex=True)
    np.testing.assert_array_equal(pairs[..., 0].numpy(), whole.real.numpy())


@pytest.mark.parametrize(
    "options, text",
    [
        ({}, "return_complex"),
        ({"n_fft": 50, "center": False}, "n_fft <= 16"),
        ({"hop_length": 0}, "hop_length > 0"),
        ({"win_length": 9}, "win_length <= n_fft"),
        ({"window": rushlight.ones(3)}, "win_length=4"),
    ],
)
def test_refusals(options, text):
    options = (
        {"n_fft": 4, "return_complex": True, **options} if options else {"n_fft": 4}
    )
    with pytest.raises(RuntimeError, match=text):
        stft(rushlight.randn(16), **options)


def test_inverse_refusals():
    spectrum = stft(rushlight.randn(16), 4, return_complex=True)
    with pytest.raises(RuntimeError, match="complex-valued"):
        istft(spectrum.real, 4)
    with pytest.raises(RuntimeError, match="frequency dimension"):
        istft(spectrum, 8)
    with pytest.raises(RuntimeError, match="overlap"):
        istft(spectrum, 4, 4, window=rushlight.hann_window(4))
