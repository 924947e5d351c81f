"""Checks of data: labels, order, workers, numbers that integers cannot hold."""
