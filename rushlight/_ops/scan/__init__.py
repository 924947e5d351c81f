"""Scans: results for every element from those before it."""

from rushlight._ops.scan import cumulative, differences, running
