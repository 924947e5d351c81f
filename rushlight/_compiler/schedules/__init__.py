"""Schedules: how a group of expressions becomes a loop nest."""
