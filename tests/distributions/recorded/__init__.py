"""Numbers of PyTorch's distributions, and how they were made."""
