"""Live comparison with PyTorch, where torch is there: `pytest -m parity tests/parity`."""
