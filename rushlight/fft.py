"""Discrete Fourier transforms, with torch.fft's names."""

from rushlight._ops.fft.grids import fftfreq, fftshift, ifftshift, rfftfreq
from rushlight._ops.fft.lines import fft, hfft, ifft, ihfft, irfft, rfft
from rushlight._ops.fft.several import (
    fft2,
    fftn,
    hfft2,
    hfftn,
    ifft2,
    ifftn,
    ihfft2,
    ihfftn,
    irfft2,
    irfftn,
    rfft2,
    rfftn,
)

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "hfft",
    "hfft2",
    "hfftn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
]
