"""Capture: run a function once on arrays without data and write down what it does."""
