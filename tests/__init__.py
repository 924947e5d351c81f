"""Rushlight's tests: the same tree and file names as rushlight/ (see CONTRIBUTING)."""
