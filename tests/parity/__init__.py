"""Live comparison with PyTorch.  Needs torch; `pytest -m parity tests/parity` runs it."""
