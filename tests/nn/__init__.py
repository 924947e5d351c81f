"""Tests of nn, in the tree of its source."""
