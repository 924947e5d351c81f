"""Fourier transforms: of one and several dimensions, of frames of signals."""

from rushlight._ops.fft import frames, grids, lines, primitives, several, windows
