"""Checks of models: modes, loads, ties, layers, names, and the numbers in them."""
