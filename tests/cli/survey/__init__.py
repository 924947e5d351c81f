"""Tests of what `rushlight check` reads and looks up."""
