"""Checks of optimizers: their steps, gradients, rates, and what they hold."""
