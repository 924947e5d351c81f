"""Printers of machine code: one folder for each target."""
