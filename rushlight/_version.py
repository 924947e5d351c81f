"""The version, and the PyTorch release whose behaviour it follows."""

__version__ = "0.1.0"
