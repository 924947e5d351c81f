"""Tests of the house itself: how the source is arranged, sized, worded and how fast."""
