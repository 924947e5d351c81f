"""torch.testing: assertions about tensors, and random tensors to test with."""

from rushlight.testing.close import assert_allclose, assert_close
from rushlight.testing.make import make_tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]
