"""Tests of how a program comes to see Rushlight under the name of torch."""
