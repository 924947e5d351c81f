"""Spectra of short frames of a signal: stft, and back: istft."""

from rushlight._base.errors import ArgumentRuntimeError, ShapeError, explain
from rushlight._core.expose import FUNCTIONAL, TORCH, expose
from rushlight._ops._arguments import require_tensor
from rushlight._ops.fft.primitives import C2C, C2R, R2C


def _refuse(who, expected, got, do):
    raise ArgumentRuntimeError(explain(who, expected=expected, got=got, do=do))


def _window_of(window, n_fft, win_length, like, who):
    """The window, in the middle of n_fft points; ones where none is given."""
    if window is not None and tuple(window.shape) != (win_length,):
        _refuse(
            who,
            f"a 1D window tensor of size equal to win_length={win_length}",
            f"shape {list(window.shape)}",
            "Make it with hann_window(win_length).",
        )
    if window is None:
        real = like.real if like.is_complex() else like
        window = real.new_ones(win_length)
    if win_length == n_fft:
        return window
    left = (n_fft - win_length) // 2
    whole = window.new_zeros(n_fft)
    return whole.slice_scatter(window, 0, left, left + win_length)


def stft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    pad_mode="reflect",
    normalized=False,
    onesided=None,
    return_complex=None,
    align_to_window=None,
):
    """The spectra of frames of signals that overlap.

        X[k, m] = sum_j window[j] * x[m * hop_length + j] * exp(-2 pi i k j / n_fft)

    Args:
        input: (L,) or (B, L), float or complex.
        n_fft: points of a transform.
        hop_length: how far frames are apart; n_fft // 4 if left out.
        win_length: the window's size; n_fft if left out.
        window: (win_length,); ones if left out.
        center: pad the signal by half a frame on both sides.
        pad_mode: how, as for `nn.functional.pad`.
        normalized: divide by the root of n_fft.
        onesided: the first half of the frequencies; so for real input if left out.
        return_complex: True for complex numbers, False for pairs of real ones.
        align_to_window: must be left out where center is True.

    Returns:
        Tensor: (B?, frequencies, frames), complex, or with a last dimension of 2.

    Raises:
        RuntimeError: for sizes that do not fit, or real input without
            return_complex.

    >>> import rushlight
    >>> x = rushlight.ones(8)
    >>> rushlight.stft(x, 4, return_complex=True).shape
    torch.Size([3, 9])
    """
    who = "stft()"
    require_tensor(input, who)
    if return_complex is None:
        return_complex = _complex_by_default(input, window, who)
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    x = input if input.ndim != 1 else input.unsqueeze(0)
    if center:
        pad = n_fft // 2
        x = FUNCTIONAL["pad"](x.unsqueeze(1), (pad, pad), pad_mode).squeeze(1)
    _check_stft(x, n_fft, hop_length, win_length, who)
    frames = x.unfold(1, n_fft, hop_length)
    if window is not None or win_length != n_fft:
        frames = frames * _window_of(window, n_fft, win_length, x, who)
    scale = "root" if normalized else "none"
    onesided = not frames.is_complex() if onesided is None else onesided
    if frames.is_complex():
        if onesided:
            _refuse(
                who,
                "onesided=False for complex input or window",
                "onesided=True: cannot have onesided output",
                "Leave onesided away.",
            )
        found = C2C.short(frames, dims=(2,), scale=scale, forward=True)
    else:
        found = R2C.short(frames, dims=(2,), scale=scale, onesided=onesided)
    found = found.transpose(1, 2)
    found = found.squeeze(0) if input.ndim == 1 else found
    return found if return_complex else TORCH["view_as_real"](found)


def _complex_by_default(input, window, who):
    if input.is_complex() or (window is not None and window.is_complex()):
        return True
    return _refuse(
        who,
        "return_complex to be given for real inputs",
        "None: stft requires the return_complex parameter",
        "Pass return_complex=True.",
    )


def _check_stft(x, n_fft, hop_length, win_length, who):
    if x.ndim != 2 or not (x.is_floating_point() or x.is_complex()):
        _refuse(
            who,
            "a tensor of floats or complex numbers of 1 or 2 dimensions",
            f"{x.dtype} of shape {list(x.shape)}",
            "Signals are (L,) or (B, L).",
        )
    if not 0 < n_fft <= x.shape[1]:
        _refuse(who, f"0 < n_fft <= {x.shape[1]}", n_fft, "Take shorter frames.")
    if hop_length <= 0:
        _refuse(who, "hop_length > 0", hop_length, "Frames move forward.")
    if not 0 < win_length <= n_fft:
        _refuse(who, f"0 < win_length <= n_fft={n_fft}", win_length, "Cut the window.")


def istft(
    input,
    n_fft,
    hop_length=None,
    win_length=None,
    window=None,
    center=True,
    normalized=False,
    onesided=None,
    length=None,
    return_complex=False,
):
    """The signal with these spectra, in the sense of least squares.

    Args:
        input: (B?, frequencies, frames), complex.
        n_fft, hop_length, win_length, window, center, normalized, onesided: as they
            were for `stft`.
        length: the signal's, cut or filled up with zeros.
        return_complex: give a complex signal (onesided must be False).

    Returns:
        Tensor: (B?, L).

    Raises:
        RuntimeError: for sizes that do not fit, or windows whose overlap is zero
            somewhere.

    >>> import rushlight
    >>> x = rushlight.arange(8.0)
    >>> rushlight.istft(rushlight.stft(x, 4, return_complex=True), 4).round()
    tensor([0., 1., 2., 3., 4., 5., 6., 7.])
    """
    who = "istft()"
    require_tensor(input, who)
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    x = input if input.ndim != 2 else input.unsqueeze(0)
    onesided = _check_istft(x, n_fft, hop_length, win_length, onesided, who)
    window = _window_of(window, n_fft, win_length, x, who)
    scale = "root" if normalized else "all"
    x = x.transpose(1, 2)
    if return_complex:
        frames = C2C.short(x, dims=(2,), scale=scale, forward=False)
    else:
        x = x if onesided else x.narrow(2, 0, n_fft // 2 + 1)
        frames = C2R.short(x, dims=(2,), scale=scale, size=n_fft)
    weights = window.square().expand(1, *frames.shape[1:])
    total = n_fft + hop_length * (frames.shape[1] - 1)
    signal = _overlapped(frames * window, total, hop_length)
    overlap = _overlapped(weights, total, hop_length)
    start = n_fft // 2 if center else 0
    end = total - (n_fft // 2 if center else 0) if length is None else start + length
    end = min(end, total)
    signal, overlap = signal[:, start:end], overlap[:, start:end]
    if not bool((overlap.abs() > 1e-11).all()):
        _refuse(
            who,
            "a window whose squares overlap to more than 1e-11 everywhere",
            f"window overlap add min: {float(overlap.abs().min())}",
            "Take a smaller hop_length, or center=True.",
        )
    signal = signal / overlap
    missing = 0 if length is None else length - signal.shape[1]
    if missing > 0:
        signal = FUNCTIONAL["pad"](signal, (0, missing))
    return signal.squeeze(0) if input.ndim == 2 else signal


def _check_istft(x, n_fft, hop_length, win_length, onesided, who):
    """Refuse what does not fit; whether the spectrum is one-sided."""
    if not x.is_complex() or x.ndim != 3 or 0 in x.shape:
        raise ShapeError(
            explain(
                who,
                expected="a complex-valued input of 2 or 3 dimensions, not empty",
                got=f"{x.dtype} of shape {list(x.shape)}",
                do="Pass stft(..., return_complex=True)'s result.",
            )
        )
    half = n_fft // 2 + 1
    onesided = x.shape[1] != n_fft if onesided is None else onesided
    wanted = half if onesided else n_fft
    if x.shape[1] != wanted:
        _refuse(
            who,
            f"the frequency dimension to match n_fft: {wanted}",
            x.shape[1],
            "Set onesided= as it was for stft().",
        )
    if not (0 < hop_length <= win_length and 0 < win_length <= n_fft):
        _refuse(
            who,
            f"0 < hop_length <= win_length <= n_fft={n_fft}",
            f"{hop_length} and {win_length}",
            "Set them as they were for stft().",
        )
    return onesided


def _overlapped(frames, total, hop):
    """Frames added up at their places: (B, frames, n) -> (B, total)."""
    count, n = frames.shape[1:]
    places = TORCH["arange"](count).unsqueeze(1) * hop + TORCH["arange"](n)
    result = frames.new_zeros((frames.shape[0], total))
    return result.index_add(1, places.reshape(-1), frames.reshape(len(frames), -1))


expose(stft)
expose(istft)
