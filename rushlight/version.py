"""Versions: of Rushlight, and of what it was built for."""

from rushlight._version import __version__

__all__ = ["__version__", "cuda", "debug", "git_version", "hip"]

cuda = None
hip = None
debug = False
git_version = "unknown"
