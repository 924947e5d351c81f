"""The transforms, by what they work on: single numbers, vectors, each other."""
