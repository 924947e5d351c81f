"""Resizing pictures: `_taps` (which elements, with which weights), `interpolate`."""

from rushlight._ops.resize import grids, interpolate
