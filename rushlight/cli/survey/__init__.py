"""The torch names that a program uses, and whether Rushlight has them."""
