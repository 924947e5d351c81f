"""Run time: kernels that are run by NumPy at first, and compiled when that pays."""
