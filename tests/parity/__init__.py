"""Live comparison with PyTorch: `pytest -m parity tests/parity`, where torch is."""
