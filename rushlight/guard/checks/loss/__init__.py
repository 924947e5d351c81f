"""Checks of losses, and of the graph between them and the parameters."""
