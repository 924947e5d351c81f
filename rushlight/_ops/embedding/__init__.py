"""Embeddings: rows of a table looked up by number, alone (`lookup`) or in a `bag`."""

from rushlight._ops.embedding import lookup, bag
