"""Passes: graph to graph, one to a file."""
